/** The age of each source's fetched keys, also of sources that were never fetched without an error. */

import type { PolicyUpdate } from '../policy/policy.ts';

export interface KeyAges {
  /** The policy in force from now on. */
  enforced(update: PolicyUpdate): void;
  /** By source, seconds since the last good fetch; without one, since the source was first in force here. */
  ages(): readonly (readonly [source: string, seconds: number])[];
}

/** `now` is in Unix seconds. */
export function createKeyAges(now: () => number): KeyAges {
  let current: PolicyUpdate | undefined;
  /** By UID. */
  let seen = new Map<string, number>();
  return {
    enforced(update) {
      current = update;
      seen = new Map(update.policy.sources.map(({ uid }) => [uid, seen.get(uid) ?? now()]));
    },
    ages() {
      if (current === undefined) return [];
      const { policy, keysChecked } = current;
      // Keys that are not fetched have no maxStale.
      return policy.sources.flatMap(({ id, uid, maxStale }) => {
        const since = keysChecked.get(uid) ?? (maxStale === undefined ? undefined : seen.get(uid));
        return since === undefined ? [] : [[id, Math.max(0, now() - since)] as const];
      });
    },
  };
}
