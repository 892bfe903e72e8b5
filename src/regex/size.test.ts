/** The sizes against those of the programs that the library builds. */

import fc from 'fast-check';
import { RE2JS, RE2JSException } from 're2js';
import { describe, expect, it } from 'vitest';
import { regexSize } from './size.ts';
import { patterns } from './testing/regexes.ts';

const sizeOf = (pattern: string) => regexSize(pattern, 'sensitive').instructions;
const built = (pattern: string) => RE2JS.compile(pattern).programSize();

describe('the size of a regular expression', () => {
  it.each([
    ['/api', 6],
    ['/(a|b)', 8],
    ['x{0,10}', 22],
    ['(x{5}){4}', 30],
    ['(?:a{2}b){3}', 11],
    ['[a-z]+', 4],
    ['', 3],
    ['\\Qa*{\\E', 5],
    ['a(?i){3}', 5],
  ])('of %s is %i instructions, as the library makes them', (pattern, size) => {
    expect(sizeOf(pattern)).toBeGreaterThanOrEqual(built(pattern));
    expect(sizeOf(pattern)).toBe(size);
  });

  it.each([
    ['x{0,1000}'.repeat(110), 220_002],
    ['(.*a.{0,90}b){0,9}x', 1686],
    ['((x{1000}){1000}){1000}', 1_000_000],
    ['(((((((((x*){9}){9}){9}){9}){9}){9}){9}){9}){9}', 1_000_000],
  ])('of %s is found without building it', (pattern, size) => {
    expect(sizeOf(pattern)).toBeGreaterThanOrEqual(size);
  });

  it('is never below what the library builds, and seldom far above it', () => {
    let judged = 0;
    fc.assert(
      fc.property(patterns, fc.constantFrom('sensitive', 'insensitive'), (pattern, cases) => {
        const { instructions, flaw } = regexSize(pattern, cases);
        if (instructions > 3000) return;
        let size: number;
        try {
          size = RE2JS.compile(pattern, cases === 'sensitive' ? 0 : RE2JS.CASE_INSENSITIVE).programSize();
        } catch (error) {
          expect(error).toBeInstanceOf(RE2JSException);
          return;
        }
        judged += 1;
        expect(flaw).toBeUndefined();
        expect(instructions).toBeGreaterThanOrEqual(size);
      }),
      { numRuns: 3000 },
    );
    expect(judged).toBeGreaterThan(500);
  });

  it.each([
    '/users/[0-9]+/orders(/[a-z-]+)?',
    '/v[0-9]{1,3}/(health|ready|live)',
    '/[\\p{L}\\p{N}_-]{1,64}/.*',
    '/files/.*\\.(png|jpe?g|svg)',
    '/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}',
  ])('of %s, which people write, is at most half as much again', (pattern) => {
    expect(sizeOf(pattern)).toBeLessThanOrEqual(1.5 * built(pattern));
  });

  it.each([
    ['\\pL', 'sensitive', 100, 250],
    ['[\\pL\\pN]', 'insensitive', 130, 350],
    ['\\p{Greek}', 'sensitive', 5, 30],
    ['[\\x{80}-\\x{ffff}]', 'insensitive', 600, 1000],
    ['[\\x{80}-\\x{ffff}]', 'sensitive', 0, 1],
    ['[^\\x00-\\x{10ffff}]', 'insensitive', 0, 1],
    ['[B-\\x{1e942}]', 'insensitive', 1000, 2000],
    ['\\pL'.repeat(300), 'sensitive', 30_000, 90_000],
    ['\\p{Nowhere}[\\p{}]', 'sensitive', 0, 1],
  ] as const)('counts what the classes of %s cost, %s', (pattern, cases, least, most) => {
    const { classes } = regexSize(pattern, cases);
    expect(classes).toBeGreaterThanOrEqual(least);
    expect(classes).toBeLessThanOrEqual(most);
  });

  it.each(['(', 'a)', '[a', '[', '\\', '(?P<n', '(?=a)', '*', '(|*)', 'a{2,1}', '\\p', '\\p{L', 'a\\C'])(
    'sees that %s is none',
    (pattern) => {
      expect(() => RE2JS.compile(pattern)).toThrow(RE2JSException);
      expect(regexSize(pattern, 'sensitive').flaw).toBeTypeOf('string');
    },
  );
});
