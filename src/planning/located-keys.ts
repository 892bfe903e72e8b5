/** Fetched keys, and which of them count: those that came from where their source points now. */

import { isDeepStrictEqual } from 'node:util';
import type { FetchPlan, KeyLocation } from '../keys/plan.ts';
import type { FetchedKeys } from '../policy/policy.ts';

export interface LocatedKeyTable {
  /** By uid: what counts. A source that is moved away from a provider no longer takes that one's tokens. */
  readonly counting: ReadonlyMap<string, FetchedKeys>;
  set(uid: string, keys: LocatedKeys | undefined): void;
  /** Lets count what was fetched by such a plan, and nothing else. True: the keys that count are others now. */
  settle(uid: string, plan: FetchPlan | undefined): boolean;
}

/** Keys, and the location in the plan by which they were fetched. */
export interface LocatedKeys extends FetchedKeys {
  readonly location: KeyLocation;
}

export function createLocatedKeys(): LocatedKeyTable {
  const fetched = new Map<string, LocatedKeys>();
  const counting = new Map<string, FetchedKeys>();
  return {
    counting,
    set(uid, keys) {
      if (keys === undefined) fetched.delete(uid);
      else fetched.set(uid, keys);
    },
    settle(uid, plan) {
      const before = counting.get(uid);
      const found = fetched.get(uid);
      const isOfPlan = found !== undefined && isDeepStrictEqual(found.location, plan?.location);
      if (isOfPlan) counting.set(uid, found);
      else counting.delete(uid);
      return before?.keys !== counting.get(uid)?.keys;
    },
  };
}
