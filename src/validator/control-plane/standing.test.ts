import { expect, it } from 'vitest';
import { describeStanding } from './standing.ts';

it.each([
  [undefined, 86_400, 'none: every request gets policy_missing until the control plane answers'],
  [15.9, 86_400, 'confirmed 15s ago; it is used for another 23h59m44s'],
  [0, 60, 'confirmed 0s ago; it is used for another 1m'],
  [60, 60, 'confirmed 1m ago; it is used for another 0s'],
  [
    86_401,
    86_400,
    'confirmed 24h1s ago, which is too long ago: every request gets policy_missing until the control plane answers',
  ],
])('%s of %s s', (age, maxStale, words) => {
  expect(describeStanding(age, maxStale)).toBe(words);
});
