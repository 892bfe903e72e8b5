import { expect, it } from 'vitest';
import { backoffDelay } from './backoff.ts';

const backoff = { baseMilliseconds: 100, maxMilliseconds: 1000 };

it('doubles up to its bound, and takes up to half away', () => {
  expect([1, 2, 3, 4, 5, 2000].map((failures) => backoffDelay(backoff, failures, 0))).toEqual([
    100, 200, 400, 800, 1000, 1000,
  ]);
  expect(backoffDelay(backoff, 5, 1)).toBe(500);
});
