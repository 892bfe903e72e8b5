import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneLine, shorten, shownJson } from './text.ts';

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

describe('shownJson', () => {
  const value = { 'a\u202e': ['\u001b[31m', '\u009b31m\u007f', 'x\u2066\u2067y\u200f\u2028', 'grüße 😀\n'] };

  it('has no character that a terminal could take for a command, or that turns the direction of writing', () => {
    expect(shownJson(value)).not.toMatch(/[^\P{Cc}\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u);
    expect(shownJson(value)).toContain('"\\u009b31m\\u007f"');
    expect(shownJson(value)).toContain('grüße 😀');
  });

  it('is the same to programs', () => {
    expect(JSON.parse(shownJson(value))).toEqual(value);
  });
});
