/** Where the policy comes from. A feed gives another one, or takes back one that it can vouch for no longer. */

import type { PolicyUpdate } from '../policy/policy.ts';

export interface Feed {
  /**
   * Begins to follow. Rejects with a StartError where there is nothing to follow. `onUpdate` is called for
   * every policy, and again whenever keys were checked; with undefined, when the policy is too old to be
   * enforced. What it throws, or rejects with, leaves in force what was. Where it takes time it is over with its promise.
   */
  start(onUpdate: (update: PolicyUpdate | undefined) => void | Promise<void>): Promise<void>;
  /**
   * Asks for a source's keys anew, by the source's UID. Resolves once the outcome is handed on; undefined
   * when they were asked for too lately, or are not fetched at all.
   */
  refreshKeys(sourceUid: string): Promise<void> | undefined;
  /** How many keys of each source's set cannot be used; absent where somebody else reads the sets. */
  keysLeftOut?(): Iterable<readonly [source: string, count: number]>;
  /** What keeps the policy from being followed; undefined = nothing. Absent where there is nobody to follow. */
  problem?(): string | undefined;
  /** Seconds since the policy was said to be the right one; undefined = there is none. Absent as above. */
  policyAge?(): number | undefined;
  /** Nothing is called back any more. */
  stop(): void;
}
