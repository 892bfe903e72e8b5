/**
 * The steps of a decision that has been made: its two pure halves once more, on what it was made from. Where they come to
 * another decision than the one that was given, they are not its steps, and only its answer is told.
 */

import { begin } from '../decision/begin.ts';
import { type CheckRequest, type Decision, isPassing } from '../decision/decision.ts';
import { bindingOfRequest, type Enforcer, trialOfRequest } from '../decision/enforcer.ts';
import type { TraceStep } from '../decision/trace.ts';
import type { TrialDecision } from '../decision/trial-decision.ts';
import {
  answerFinding,
  answerStep,
  type TracedStep,
  tellAnswer,
  tellEarly,
  tellToken,
  trialFinding,
  type VerifiedToken,
} from './judgement.ts';

/** What a decision was made from, beside the request. */
export interface MadeFrom {
  /** The policy that was in force; undefined = none. */
  readonly judgedBy: Enforcer | undefined;
  /** What had become of the token; undefined where the decision needed none. */
  readonly verified: VerifiedToken | undefined;
  /** Unix seconds, when it was begun. */
  readonly at: number;
}

/** `from` is undefined where it was not judged, or nobody took note. */
export function madeSteps(
  request: CheckRequest,
  decision: Decision,
  from: MadeFrom | undefined,
): readonly TracedStep[] {
  const made = from && makeAgain(request, from, bindingOfRequest);
  const isSame = made !== undefined && isSameDecision(made.decision, decision);
  return [...(isSame ? made.steps : []), answerStep(answerFinding(decision))];
}

/** The same of what a Trial would have decided. */
export function madeTrialSteps(
  request: CheckRequest,
  trial: TrialDecision,
  from: MadeFrom | undefined,
): readonly TracedStep[] {
  const made = from && makeAgain(request, from, trialOfRequest);
  const isSame = made !== undefined && isSameTrial(made.decision, trial);
  return [...(isSame ? made.steps : []), answerStep(trialFinding(trial))];
}

interface Made {
  readonly decision: Decision;
  readonly steps: readonly TracedStep[];
}

/** Undefined also for a bug, which was a bug the first time, too. */
function makeAgain(
  request: CheckRequest,
  { judgedBy, verified, at }: MadeFrom,
  choose: typeof bindingOfRequest,
): Made | undefined {
  const steps: TracedStep[] = [];
  const tell = (step: TraceStep, finding: string) => void steps.push({ step, finding });
  try {
    if (verified !== undefined) {
      const { pending } = verified;
      begin(pending.enforcer, request, tell, pending.binding);
      const decision = tellToken(verified, at, tell);
      tellAnswer(pending.binding, request, decision, tell);
      return { decision, steps };
    }
    const binding = judgedBy && choose(judgedBy, request);
    const begun = begin(judgedBy, request, tell, binding);
    if (begun.kind === 'verify') return undefined;
    tellEarly(binding, request, begun.decision, tell);
    return { decision: begun.decision, steps };
  } catch {
    return undefined;
  }
}

const MEMBERS = ['binding', 'rule', 'reason', 'source', 'user', 'client'] as const;

/** What it says to the caller, and to the API. */
const effectOf = (decision: Decision): string =>
  isPassing(decision)
    ? JSON.stringify([detailOf(decision), decision.upstream])
    : JSON.stringify([decision.status, detailOf(decision), decision.headers, decision.body]);

const detailOf = (decision: Decision): string | undefined =>
  'detail' in decision ? decision.detail : undefined;

const isSameDecision = (one: Decision, other: Decision): boolean =>
  one.outcome === other.outcome &&
  MEMBERS.every((name) => one[name] === other[name]) &&
  effectOf(one) === effectOf(other);

const isSameTrial = (tried: Decision, trial: TrialDecision): boolean =>
  (tried.outcome === 'audit_denied' ? 'denied' : tried.outcome) === trial.outcome &&
  MEMBERS.every((name) => name === 'binding' || tried[name] === trial[name]) &&
  tried.binding === trial.binding &&
  detailOf(tried) === trial.detail;
