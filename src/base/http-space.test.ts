import { expect, it } from 'vitest';
import { trimmed } from './http-space.ts';

it.each([
  ['', ''],
  [' \t ', ''],
  ['a', 'a'],
  ['\t a \t b \t', 'a \t b'],
  ['\u00a0a\u2003', '\u00a0a\u2003'],
  ['\na\r', '\na\r'],
])('%j is %j', (text, value) => {
  expect(trimmed(text)).toBe(value);
});

it('spaces inside of a value cost no more than other characters', () => {
  const value = `a${' '.repeat(5_000_000)}b`;
  expect(trimmed(` ${value}\t`)).toBe(value);
});
