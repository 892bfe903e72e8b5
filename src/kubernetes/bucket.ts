/** A token bucket: how many in a burst, and how many a second after that. */

import type { Time } from './time.ts';

export interface Bucket {
  /** True where one may go now. */
  take(): boolean;
}

export function createBucket(burst: number, perSecond: number, time: Pick<Time, 'monotonic'>): Bucket {
  let tokens = burst;
  let at = time.monotonic();
  return {
    take() {
      const now = time.monotonic();
      tokens = Math.min(burst, tokens + ((now - at) / 1000) * perSecond);
      at = now;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
