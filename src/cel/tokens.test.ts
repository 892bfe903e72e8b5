import { parse as parseUnbounded } from '@bufbuild/cel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compact, tokensOf } from './tokens.ts';

const compacted = (text: string) => compact(tokensOf(text));

describe('a compact text', () => {
  it.each([
    ['a', 'a'],
    ['  a\t\n==  1 ', 'a == 1'],
    ['a// x\n&&b', 'a &&b'],
    ['a//\n//\n &&b // end', 'a &&b'],
    ["'//  x'  +  r'//'", "'//  x' + r'//'"],
    ["'''a\n  // b'''  ", "'''a\n  // b'''"],
    ['a in//\nb', 'a in b'],
    ['// nothing', ''],
  ])('of %j is %j', (text, expected) => {
    expect(compacted(text).text).toBe(expected);
  });

  it('says where its places stand in the text that it was made of', () => {
    const text = '  user  ==  // who\n  claims.sub';
    const { text: short, origin } = compacted(text);
    expect(origin(short.indexOf('user'))).toBe(text.indexOf('user'));
    expect(origin(short.indexOf('claims') + 7)).toBe(text.indexOf('sub'));
  });

  it('means the same to the parser', () => {
    const parts = fc.constantFrom(
      ...['a', '1', '.b', '(', ')', '[', ']', '{', '}', ':', ',', '?', '&&', '||', '!', '==', 'in', '-', '+'],
      ...["'x  y'", 'r"//"', "'''\n'''", '.exists(r, r)', 'has(a.b)'],
    );
    const blanks = fc.constantFrom('', ' ', '\n', '\t ', '   ');
    const parsed = (text: string) => {
      try {
        return JSON.stringify(parseUnbounded(text).expr, (_, value: unknown) =>
          typeof value === 'bigint' ? String(value) : value,
        );
      } catch {
        return undefined;
      }
    };
    let judged = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(parts, blanks), { maxLength: 12 }), (tokens) => {
        const text = tokens.flat().join('');
        const before = parsed(text);
        if (before !== undefined) judged += 1;
        expect(parsed(compacted(text).text)).toBe(before);
      }),
      { numRuns: 2000 },
    );
    expect(judged).toBeGreaterThan(50);
  });
});
