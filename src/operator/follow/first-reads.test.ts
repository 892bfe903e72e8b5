import { expect, it } from 'vitest';
import { readCost } from './first-reads.ts';

it.each([
  ['a list', Array.from({ length: 300_000 }, () => 'x.example')],
  ['an object', Object.fromEntries(Array.from({ length: 300_000 }, (_, i) => [`x${i}`, 1]))],
])('%s of any length is counted', (_, hosts) => {
  expect(readCost({ spec: { hosts } })).toBe(300_002);
});
