/** A token bucket: how many in a burst, and how many a second after that. */

import type { Clock } from '../base/clock.ts';

export interface Bucket {
  /** True where one may go now. */
  take(): boolean;
}

export function createBucket(burst: number, perSecond: number, clock: Pick<Clock, 'monotonic'>): Bucket {
  let tokens = burst;
  let at = clock.monotonic();
  return {
    take() {
      const now = clock.monotonic();
      tokens = Math.min(burst, tokens + ((now - at) / 1000) * perSecond);
      at = now;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
