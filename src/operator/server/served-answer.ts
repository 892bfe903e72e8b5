/** The answer to a poll, or that there is none yet. Pure. */

import { updateFor } from '../../planning/older-validators.ts';
import { POLICY_FORMAT, type Policy, type PolicyUpdate } from '../../policy/policy.ts';
import { policyVersion } from '../../policy/version.ts';
import { haveKeysMoved } from './keys-news.ts';
import type { PollReport } from './question.ts';
import { type PollRefusal, pollRefusal, unavailable } from './refusal.ts';
import type { ServedPolicy } from './served-policies.ts';

export type ServedAnswer =
  | { readonly kind: 'policy'; readonly update: PolicyUpdate }
  /** 304 of the policy that is meant to be in force. */
  | { readonly kind: 'nothingNew'; readonly update: PolicyUpdate }
  | PollRefusal;

/** What the answer depends on beside the served policy. */
export interface Waiting {
  readonly asked: PollReport;
  /** The times of the keys' last good fetches, as they were when the poll came. */
  readonly checkedBefore: PolicyUpdate['keysChecked'] | undefined;
  /** The time of the poll is over: there must be an answer, unless the policy is being compiled just now. */
  readonly isOver: boolean;
}

/** Undefined: the poll waits on. */
export function answerFromServed(
  served: ServedPolicy,
  { asked, checkedBefore, isOver }: Waiting,
): ServedAnswer | undefined {
  const update = updateOf(served, asked);
  if (update === undefined) {
    if (served.kind === 'notReady') return unavailable('the cluster has not been read yet');
    if (served.kind === 'behind') return undefined;
    return isOver ? pollRefusal(404, 'no ApiBinding guards the pod, or not yet') : undefined;
  }
  const { version } = update.policy;
  if (version === asked.version) {
    // A validator that could not apply a policy learns at once that this policy is no longer the one to apply.
    const isNews =
      asked.rejected !== undefined || (checkedBefore !== undefined && haveKeysMoved(checkedBefore, update));
    return isOver || isNews ? { kind: 'nothingNew', update } : undefined;
  }
  if (version === asked.rejected?.version) return isOver ? { kind: 'nothingNew', update } : undefined;
  return { kind: 'policy', update };
}

/** Undefined: there is no policy. A validator that has one, and whose last binding is gone, gets an empty one. */
export function updateOf(
  served: ServedPolicy,
  { version, takes }: Pick<PollReport, 'version' | 'takes'>,
): PolicyUpdate | undefined {
  if (served.kind === 'policy') return updateFor(served.update, takes);
  return served.kind === 'unbound' && version !== undefined ? EMPTY : undefined;
}

const nothing: Omit<Policy, 'version'> = { format: POLICY_FORMAT, sources: [], bindings: [] };

/** With it, a validator refuses every request as host_unbound. */
const EMPTY: PolicyUpdate = {
  policy: { ...nothing, version: policyVersion(nothing) },
  secrets: new Map(),
  keysChecked: new Map(),
};
