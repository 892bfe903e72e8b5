/** A feed brings policies: it calls back with each new policy, and with undefined when the last one is too old. */

import type { PolicyUpdate } from '../policy/policy.ts';

export interface Feed {
  /**
   * Begins to follow. Rejects with a StartError where there is nothing to follow. `onUpdate` is called for
   * every policy, and again whenever keys were checked; with undefined, when the policy is too old to be
   * enforced. If it throws or rejects, the policy before stays in force. The feed waits for its promise.
   */
  start(onUpdate: (update: PolicyUpdate | undefined) => void | Promise<void>): Promise<void>;
  /**
   * Asks for a source's keys anew, by the source's UID. Resolves once the outcome is handed on; undefined
   * when they were asked for too lately, or are not fetched at all.
   */
  refreshKeys(sourceUid: string): Promise<void> | undefined;
  /** How many keys of each source's set cannot be used; absent where the operator reads the sets. */
  keysLeftOut?(): Iterable<readonly [source: string, count: number]>;
  /** Of each source whose last fetch of keys failed, why; absent where the operator fetches. */
  keyProblems?(): Iterable<readonly [source: string, problem: string]>;
  /** Why the policy cannot be updated now; undefined = it can. Absent without a control plane. */
  problem?(): string | undefined;
  /** Seconds since the control plane confirmed the policy; undefined = there is none. Absent without a control plane. */
  policyAge?(): number | undefined;
  /** Ends the feed: `onUpdate` is not called any more. */
  stop(): void;
}
