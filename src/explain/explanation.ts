/** The answer of `portcullis explain --output json`, and of `POST /explain` at a validator's admin address. */

import { type Decision, isPassing } from '../decision/decision.ts';
import type { TrialDecision, TrialVerdict } from '../decision/trial-decision.ts';
import type { Judged, JudgedTrial, TracedStep } from './judgement.ts';

/** Members without a value are null, so that each is always there. */
export interface Explanation {
  readonly outcome: Decision['outcome'];
  /** One of docs/troubleshooting.md; of an allowed request why it is allowed. */
  readonly reason: string;
  /** What the caller would see; of an allowed request, what ext_authz says to Envoy. */
  readonly status: number;
  readonly detail: string | null;
  /** namespace/name, as of `source`. */
  readonly binding: string | null;
  readonly rule: string | null;
  readonly source: string | null;
  readonly user: string | null;
  /** In their order; the last one that names the reason has decided. */
  readonly steps: readonly TracedStep[];
  /** Of a denial, and of what the validator itself answers: the headers and the body. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Of a request that goes on to the API: the headers that it is given, and those that are taken away. */
  readonly set?: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
  /** What a binding in mode Trial says, beside the one that decides; null where there is none. */
  readonly trial: TrialExplanation | null;
}

export interface TrialExplanation
  extends Pick<Explanation, 'reason' | 'detail' | 'rule' | 'source' | 'user' | 'steps'> {
  readonly binding: string;
  readonly verdict: TrialVerdict;
  /** As mode Enforce would have it. */
  readonly outcome: TrialDecision['outcome'];
}

const ALLOWED_STATUS = 200;

export function statusOf(decision: Decision): number {
  return isPassing(decision) ? ALLOWED_STATUS : decision.status;
}

export function explanationOf({ decision, steps, trial }: Judged): Explanation {
  const { outcome, reason, binding, rule, source, user } = decision;
  return {
    outcome,
    reason,
    status: statusOf(decision),
    detail: 'detail' in decision ? decision.detail : null,
    binding: binding ?? null,
    rule: rule ?? null,
    source: source ?? null,
    user: user ?? null,
    steps,
    ...(isPassing(decision)
      ? { set: Object.fromEntries(decision.upstream.set), remove: decision.upstream.remove }
      : { headers: Object.fromEntries(decision.headers), body: decision.body }),
    trial: trial === undefined ? null : trialExplanation(trial),
  };
}

function trialExplanation({ decision, steps }: JudgedTrial): TrialExplanation {
  const { binding, verdict, outcome, reason, detail, rule, source, user } = decision;
  return {
    ...{ binding, verdict, outcome, reason },
    detail: detail ?? null,
    rule: rule ?? null,
    source: source ?? null,
    user: user ?? null,
    steps,
  };
}
