import { describe, expect, it } from 'vitest';
import { compileRegex } from './regex.ts';

function matches(pattern: string, text: string, caseSensitivity: 'sensitive' | 'insensitive' = 'sensitive') {
  const compiled = compileRegex(pattern, caseSensitivity);
  if (compiled.kind === 'refused') throw new Error(compiled.problem);
  return compiled.regex.matches(text);
}

describe('compileRegex', () => {
  it.each([
    ['/a', '/a', true],
    ['/a', '/a/b', false],
    ['/a', 'x/a', false],
    ['/a|/b', '/b', true],
    ['/a|/b', '/bc', false],
    ['^/a$', '/a', true],
    ['/a$', '/a\n', false],
    ['/a.', '/a\n', false],
    ['/[0-9]+', '/17', true],
    ['/\\p{L}+', '/é', true],
    ['', '', true],
    ['', '/', false],
  ])('%s and %j: %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  it('matches without case when asked to', () => {
    expect(matches('/Admin', '/admin', 'insensitive')).toBe(true);
    expect(matches('/Admin', '/admin', 'sensitive')).toBe(false);
  });

  it.each(['/a(', '[', 'a{1001}', '((a{100}){100}){100}', '(?=a)', '(?<!a)b', '(a)\\1', '*', '\\z\\'])(
    'refuses %s and says why',
    (pattern) => {
      expect(compileRegex(pattern, 'sensitive')).toMatchObject({
        kind: 'refused',
        problem: expect.stringMatching(/RE2 syntax: \w/),
      });
    },
  );

  it('takes time linear in the text', () => {
    expect(matches('(a*)*b', 'a'.repeat(50_000))).toBe(false);
  });
});
