import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, digest } from './canonical-json.ts';

describe('canonicalJson', () => {
  it.each([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    [{ a: undefined, b: 1 }, '{"b":1}'],
    [[], '[]'],
    [undefined, 'null'],
    [{ é: '"' }, '{"é":"\\""}'],
  ])('%j', (value, json) => {
    expect(canonicalJson(value)).toBe(json);
  });

  it('means the same as the value, in whatever order its members stand', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

it('digests are those of the meaning', () => {
  expect(digest({ a: 1, b: { d: 1, c: 2 } })).toBe(digest({ b: { c: 2, d: 1 }, a: 1 }));
  expect(digest({ a: [1, 2] })).not.toBe(digest({ a: [2, 1] }));
});
