import { describe, expect, it } from 'vitest';
import { nextDelay, pollRetryDelay } from './poll-delay.ts';

describe('after failures', () => {
  it.each([
    [1, 0, 250],
    [2, 0, 500],
    [3, 0, 1000],
    [7, 0, 4000],
    [1000, 0, 4000],
  ])('%d: from %d ms to %d ms', (failures, least, most) => {
    expect(pollRetryDelay(failures, 0)).toBe(least);
    expect(pollRetryDelay(failures, 0.5)).toBe(most / 2);
    expect(pollRetryDelay(failures, 1)).toBe(most);
  });

  it.each([
    [1, 1, 1000, 2000],
    [6, 1, 1000, 4000],
    [1000, 1, 1000, 4000],
    [1, 3600, 2000, 4000],
  ])('%d, with Retry-After: %d: from %d ms to %d ms, for nobody is to come back together', (...row) => {
    const [failures, retryAfter, least, most] = row;
    expect(pollRetryDelay(failures, 0, retryAfter)).toBe(least);
    expect(pollRetryDelay(failures, 1, retryAfter)).toBe(most);
  });
});

describe('after an answer', () => {
  const good = { closes: false, quiet: true, took: 10_000 };

  it('asks again at once', () => {
    expect(nextDelay(good, 0.9)).toBe(0);
    expect(nextDelay({ ...good, quiet: false, took: 1 }, 0.9)).toBe(0);
  });

  it('comes back within a second to a server that closes the connection', () => {
    expect(nextDelay({ ...good, closes: true }, 0)).toBe(0);
    expect(nextDelay({ ...good, closes: true }, 0.75)).toBe(750);
    expect(nextDelay({ ...good, closes: true, quiet: false, took: 1 }, 0.75)).toBe(750);
  });

  it('does not storm a server that holds no question', () => {
    expect(nextDelay({ ...good, took: 1 }, 0)).toBe(500);
    expect(nextDelay({ ...good, took: 1 }, 1)).toBe(1000);
  });
});
