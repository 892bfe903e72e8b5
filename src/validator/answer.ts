/** Judges a check, counts the decision, times it and logs a denial. */

import type { Clock } from '../base/clock.ts';
import type { Decision } from '../decision/decision.ts';
import type { Authorize } from './authorizer.ts';
import type { AnswerCheck, NoteRefusal } from './check.ts';
import type { DenialLog } from './denial-log.ts';

export interface AnswerParts {
  readonly authorize: Authorize;
  readonly denials: DenialLog;
  readonly metrics: {
    decided(binding: string | undefined, outcome: string, reason: string, seconds: number): void;
  };
  readonly clock: Clock;
}

export interface Answering {
  readonly answer: AnswerCheck;
  readonly noteRefusal: NoteRefusal;
}

export function createAnswer({ authorize, denials, metrics, clock }: AnswerParts): Answering {
  const answer: AnswerCheck = (check, since) => {
    const tell = (decision: Decision): Decision => {
      metrics.decided(
        decision.binding,
        decision.outcome,
        decision.reason,
        (clock.monotonic() - since) / 1000,
      );
      denials.note(check, decision);
      return decision;
    };
    const decision = authorize(check.request, check.client);
    return decision instanceof Promise ? decision.then(tell) : tell(decision);
  };
  return {
    answer,
    noteRefusal: (check, decision) => {
      metrics.decided(decision.binding, decision.outcome, decision.reason, 0);
      denials.note(check, decision);
    },
  };
}
