import { describe, expect, it } from 'vitest';
import { canonical, fingerprint } from './canonical.ts';

describe('canonical', () => {
  it.each([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    [{}, '{}'],
    [[], '[]'],
    [undefined, 'null'],
  ])('%j', (value, text) => {
    expect(canonical(value)).toBe(text);
  });
});

it('fingerprints are those of the meaning', () => {
  expect(fingerprint({ a: 1, b: { d: 1, c: 2 } })).toBe(fingerprint({ b: { c: 2, d: 1 }, a: 1 }));
  expect(fingerprint({ a: [1, 2] })).not.toBe(fingerprint({ a: [2, 1] }));
});
