/** When a good fetch of the same keys is worth an answer to a waiting poll. Pure. */

import type { PolicyUpdate } from '../../policy/policy.ts';

/** The part of maxStale that must lie between two good fetches. */
const NEWS_SHARE = 1 / 4;

/** `before`, `now`: times of good fetches. `maxStale` is the source's. All in seconds. */
export const isFetchNews = (before: number, now: number, maxStale: number): boolean =>
  now - before >= maxStale * NEWS_SHARE;

/**
 * Whether keys were fetched that had never been fetched before, or for the last time so long ago that validators may be
 * about to stop trusting them. All other times can wait for the answer that comes within seconds anyway.
 */
export function haveKeysMoved(
  before: PolicyUpdate['keysChecked'],
  { policy, keysChecked }: PolicyUpdate,
): boolean {
  return policy.sources.some(({ uid, maxStale }) => {
    const now = keysChecked.get(uid);
    if (now === undefined || maxStale === undefined) return false;
    const last = before.get(uid);
    return last === undefined || isFetchNews(last, now, maxStale);
  });
}
