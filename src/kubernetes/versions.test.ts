import { describe, expect, it } from 'vitest';
import { isAtLeast } from './versions.ts';

describe('isAtLeast', () => {
  it.each([
    ['10', '9', true],
    ['9', '10', false],
    ['10', '10', true],
    ['18446744073709551617', '18446744073709551616', true],
    ['18446744073709551615', '18446744073709551616', false],
    ['abc', 'abc', true],
    ['abc', 'abb', false],
    ['10', '', false],
  ])('%s, %s: %s', (seen, wanted, result) => {
    expect(isAtLeast(seen, wanted)).toBe(result);
  });
});
