/** How long a reflector waits, and how much it asks for at once. */

import type { Backoff } from '../base/backoff.ts';

export interface ReflectorLimits {
  /** Objects a page. */
  readonly pageSize: number;
  /** After which the API server is to end a watch; up to a fifth more, so that not all watches end together. */
  readonly watchSeconds: number;
  /** What the watch itself may be late by, before its connection counts as dead. */
  readonly graceSeconds: number;
  /** Once the server has shown that it sends bookmarks: silence for this long means a dead connection. */
  readonly silenceSeconds: number;
  /** A watch that ends earlier counts as a failure. */
  readonly shortestWatchSeconds: number;
  readonly backoff: Backoff;
}

/**
 * An API server sends each watch a bookmark 60 to 62 s after the last one, whether anything has changed or not, and
 * etcd there or not. So a connection shows within 75 s that it is dead; one that only is that slow costs a watch that
 * goes on where the last one was.
 */
export const REFLECTOR_LIMITS: ReflectorLimits = {
  pageSize: 500,
  watchSeconds: 300,
  graceSeconds: 15,
  silenceSeconds: 75,
  shortestWatchSeconds: 10,
  backoff: { baseMilliseconds: 500, maxMilliseconds: 10_000 },
};
