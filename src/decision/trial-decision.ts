/** What a Trial would have decided, compared with the decision that was in force. */

import type { Mismatch } from '../sources/mismatch.ts';
import type { Decision } from './decision.ts';

/**
 * `would_deny`: the request passed, and the Trial would refuse it. `would_allow`: it was refused, and would pass.
 * `other_reason`: the outcome is the same, for another reason.
 */
export const TRIAL_VERDICTS = ['same', 'would_deny', 'would_allow', 'other_reason'] as const;

export type TrialVerdict = (typeof TRIAL_VERDICTS)[number];

export interface TrialDecision {
  /** namespace/name of the Trial. */
  readonly binding: string;
  /** As mode Enforce would have it. */
  readonly outcome: 'allowed' | 'denied';
  readonly reason: Decision['reason'];
  /** Of a denial, for people. */
  readonly detail: string | undefined;
  readonly rule: string | undefined;
  readonly source: string | undefined;
  readonly user: string | undefined;
  readonly client: string | undefined;
  readonly mismatch: Mismatch | undefined;
  readonly verdict: TrialVerdict;
}

/** What counts is what became of the request: mode Audit let it pass, whatever it would have denied. */
export function compareTrial(binding: string, tried: Decision, inForce: Decision): TrialDecision {
  const outcome = tried.outcome === 'allowed' ? 'allowed' : 'denied';
  const { reason, rule, source, user, client } = tried;
  return {
    binding,
    outcome,
    reason,
    detail: tried.outcome === 'allowed' ? undefined : tried.detail,
    rule,
    source,
    user,
    client,
    mismatch: tried.outcome === 'allowed' ? undefined : tried.mismatch,
    verdict: verdictOf(outcome, reason, inForce),
  };
}

function verdictOf(
  outcome: TrialDecision['outcome'],
  reason: Decision['reason'],
  inForce: Decision,
): TrialVerdict {
  const passed = inForce.outcome !== 'denied';
  if (passed && outcome === 'denied') return 'would_deny';
  if (!passed && outcome === 'allowed') return 'would_allow';
  return reason === inForce.reason ? 'same' : 'other_reason';
}
