/**
 * Judges Trials: once the check is answered, and only where that keeps no other check waiting. What a Trial finds is
 * recorded and has no other effect.
 */

import type { Clock } from '../base/clock.ts';
import { begin } from '../decision/begin.ts';
import type { PreparedBinding } from '../decision/binding.ts';
import type { CheckRequest, Decision } from '../decision/decision.ts';
import { type Enforcer, trialOfRequest } from '../decision/enforcer.ts';
import { finish } from '../decision/finish.ts';
import { compareTrial } from '../decision/trial-decision.ts';
import { type DecisionNote, newNote } from './authorizer.ts';
import type { Budgets } from './budgets.ts';
import type { Arrival, CheckCall, RecordTrial } from './check.ts';
import { createFifo } from './fifo.ts';
import type { TokenCache } from './token-cache.ts';
import type { NoteUnspelt } from './unspelt-log.ts';
import type { VerificationQueue } from './verification-queue.ts';
import { createVerify, type Verified } from './verify.ts';

/** A Trial that is to judge a request, and what the decision in force was made from. */
export interface OpenTrial extends DecisionNote {
  readonly enforcer: Enforcer;
  readonly binding: PreparedBinding;
}

export interface Trials {
  /** The Trial for a request. Undefined where there is none, which costs next to nothing. */
  on(request: CheckRequest): OpenTrial | undefined;
  /** Has it judged, beside the decision that was sent. It never throws. */
  judge(trial: OpenTrial, arrival: Arrival, check: CheckCall, sent: Decision): void;
}

export interface TrialsParts {
  readonly enforcer: () => Enforcer | undefined;
  readonly record: RecordTrial;
  readonly cache: TokenCache;
  readonly queue: Pick<VerificationQueue, 'submitIdle'>;
  readonly clock: Clock;
  /** Of Trials alone: what they cost is charged to no binding that decides. */
  readonly budgets: Budgets;
  /** True while checks wait longer than they should. */
  readonly isLate: () => boolean;
  readonly metrics: { trialSkipped(binding: string): void };
  readonly onUnspelt: NoteUnspelt;
  /** Called for a bug. */
  readonly onError: (error: unknown) => void;
  /** Calls back after Node.js has read from the connections that have data. */
  readonly soon: (callback: () => void) => void;
}

/** Requests that may wait for their Trial; each holds its headers. */
export const MAX_TRIALS_WAITING = 256;
/** Milliseconds of judging before checks have their turn again. */
const SLICE = 1;

interface Waiting {
  readonly trial: OpenTrial;
  readonly arrival: Arrival;
  readonly check: CheckCall;
  readonly sent: Decision;
}

/** Refused for want of time, or by a bug: no rule has said anything that could be compared. */
const isUnjudged = ({ reason }: Decision): boolean => reason === 'overloaded' || reason === 'internal_error';

const NOT_COUNTED = { tokenCacheHit: () => {}, tokenCacheMiss: () => {} };

export function createTrials(parts: TrialsParts): Trials {
  const { enforcer, record, queue, clock, budgets, isLate, metrics, onError, soon } = parts;
  const waiting = createFifo<Waiting>();
  const verify = createVerify({
    ...{ cache: parts.cache, clock, onUnspelt: parts.onUnspelt },
    metrics: NOT_COUNTED,
    queue: { submit: (job, asker) => queue.submitIdle(job, asker) },
  });
  let isScheduled = false;

  const skip = ({ trial }: Pick<Waiting, 'trial'>): void => metrics.trialSkipped(trial.binding.policy.id);

  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    soon(takeSlice);
  };

  const takeSlice = (): void => {
    isScheduled = false;
    const start = clock.monotonic();
    let now = start;
    while (now - start < SLICE) {
      const next = waiting.take();
      if (next === undefined) return;
      if (isLate() || budgets.isSpent(next.trial.binding.policy.id)) skip(next);
      else judgeNow(next);
      const before = now;
      now = clock.monotonic();
      budgets.charge(next.trial.binding.policy.id, now - before);
    }
    if (waiting.size() > 0) schedule();
  };

  const judgeNow = (one: Waiting): void => {
    try {
      const own: DecisionNote = { ...newNote(), judgedBy: one.trial.enforcer, at: clock.seconds() };
      const decision = decide(one, own);
      if (decision instanceof Promise) decision.then((settled) => end(one, settled, own)).catch(onError);
      else end(one, decision, own);
    } catch (error) {
      onError(error);
    }
  };

  const end = (one: Waiting, decision: Decision | undefined, own: DecisionNote): void => {
    const { trial, arrival, check, sent } = one;
    if (decision === undefined) {
      skip(one);
      return;
    }
    record(check, compareTrial(trial.binding.policy.id, arrival.sendable(decision), sent), own);
  };

  /** Undefined where it could not be judged without taking something away from checks. */
  const decide = (
    { trial, check }: Waiting,
    own: DecisionNote,
  ): Decision | undefined | Promise<Decision | undefined> => {
    const begun = begin(trial.enforcer, check.request, undefined, trial.binding);
    if (begun.kind === 'decided') return begun.decision;
    const { pending } = begun;
    const { credential } = pending;
    const { verified } = trial;
    const isSame =
      verified?.pending.enforcer === trial.enforcer && verified.pending.credential === credential;
    const by = (settled: Verified): Decision | undefined => {
      if (settled.kind === 'overloaded') return undefined;
      // No keys are fetched for a Trial: decisions may need the fetch that its source is allowed.
      const verification = settled.kind === 'unsure' ? settled.refusal : settled;
      const now = clock.seconds();
      own.verified = { pending, verification, now };
      return finish(pending, verification, now);
    };
    const outcome = verify(
      pending,
      check.client,
      isSame ? { verifier: verified.pending.verifier, verification: verified.verification } : undefined,
    );
    return outcome instanceof Promise ? outcome.then(by) : by(outcome);
  };

  return {
    on: (request) => {
      const inForce = enforcer();
      const binding = inForce && trialOfRequest(inForce, request);
      return binding && { enforcer: inForce, binding, ...newNote() };
    },
    judge: (trial, arrival, check, sent) => {
      // It decided by itself, as Audit, for no other binding applies.
      if (sent.binding === trial.binding.policy.id) return;
      if (isUnjudged(sent) || waiting.size() >= MAX_TRIALS_WAITING || isLate()) {
        skip({ trial });
        return;
      }
      waiting.add({ trial, arrival, check, sent });
      schedule();
    },
  };
}
