/** Whether a question has its answer yet, and which. Pure. */

import { POLICY_FORMAT, type Policy, type PolicyUpdate } from '../../policy/policy.ts';
import { policyVersion } from '../../policy/version.ts';
import type { PollReport } from './question.ts';
import { type PollRefusal, pollRefusal, unavailable } from './refusal.ts';
import type { ServedPolicy } from './served-policies.ts';

export type ServedAnswer =
  | { readonly kind: 'policy'; readonly update: PolicyUpdate }
  /** 304 of the policy that is meant to be in force. */
  | { readonly kind: 'nothingNew'; readonly update: PolicyUpdate }
  | PollRefusal;

/** What the answer depends on, besides the served policy. */
export interface Waiting {
  readonly asked: PollReport;
  /** When keys had been checked as the question came. */
  readonly checkedBefore: PolicyUpdate['keysChecked'] | undefined;
  /** The time is up: there must be an answer, unless the policy is being compiled just now. */
  readonly isOver: boolean;
}

/** Undefined: the question waits on. */
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
    // A validator that could not apply another policy learns at once that it counts no more.
    const isNews =
      asked.rejected !== undefined || (checkedBefore !== undefined && haveKeysMoved(checkedBefore, update));
    return isOver || isNews ? { kind: 'nothingNew', update } : undefined;
  }
  if (version === asked.rejected?.version) return isOver ? { kind: 'nothingNew', update } : undefined;
  return { kind: 'policy', update };
}

/** A policy that was there before does not stay when its last binding has gone. */
export function updateOf(
  served: ServedPolicy,
  { version }: Pick<PollReport, 'version'>,
): PolicyUpdate | undefined {
  if (served.kind === 'policy') return served.update;
  return served.kind === 'unbound' && version !== undefined ? EMPTY : undefined;
}

/** The part of maxStale by which a time must move to be worth an answer before its time. */
const MEANINGFUL = 1 / 4;

/**
 * Keys that were never checked before, or a quarter of their maxStale ago: a validator may be about to trust them
 * no longer, or do so already. All other times can wait for the answer that comes within seconds anyway.
 */
export function haveKeysMoved(
  before: PolicyUpdate['keysChecked'],
  { policy, keysChecked }: PolicyUpdate,
): boolean {
  return policy.sources.some(({ uid, maxStale }) => {
    const now = keysChecked.get(uid);
    if (now === undefined || maxStale === undefined) return false;
    const last = before.get(uid);
    return last === undefined || now - last >= maxStale * MEANINGFUL;
  });
}

const nothing: Omit<Policy, 'version'> = { format: POLICY_FORMAT, sources: [], bindings: [] };

/** Every request is refused as host_unbound. */
const EMPTY: PolicyUpdate = {
  policy: { ...nothing, version: policyVersion(nothing) },
  secrets: new Map(),
  keysChecked: new Map(),
};
