import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneLine, shorten } from './text.ts';

describe('oneLine', () => {
  it.each([
    ['a\r\nb', 'a b'],
    ['\u001b[31mred\u0085', ' [31mred '],
    ['a\u2028b\u2029c', 'a b c'],
    ['user\u202etxt.exe', 'user txt.exe'],
    ['\ud800x', '\ufffdx'],
    ['  grüße 漢 😀', '  grüße 漢 😀'],
  ])('%j', (text, line) => {
    expect(oneLine(text)).toBe(line);
  });
});

describe('shorten', () => {
  it.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'abc…'],
    ['ab😀d', 3, 'ab…'],
    ['ab😀d', 4, 'ab😀…'],
    ['😀', 1, '…'],
  ])('%j, %d', (text, longest, short) => {
    expect(shorten(text, longest)).toBe(short);
  });

  it('is never much longer than asked for, and well-formed where the text is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(20), (text, longest) => {
        const short = shorten(text, longest);
        expect(short.length).toBeLessThanOrEqual(longest + 1);
        expect(short.isWellFormed()).toBe(true);
      }),
    );
  });
});
