/** Takes note of each decision, and of what Trials would have decided: counts, memory, who listens, and the denial log. */

import type { TrialVerdict } from '../decision/trial-decision.ts';
import { madeSteps, madeTrialSteps } from '../explain/made.ts';
import type { LiveDecisions } from '../report/live.ts';
import type { DecisionMemory } from '../report/memory.ts';
import type { RecordDecision, RecordTrial } from './check.ts';
import type { DenialLog } from './denial-log.ts';
import type { WouldDeny } from './would-deny.ts';

export interface DecisionMetrics {
  decided(binding: string | undefined, outcome: string, reason: string, seconds: number): void;
}

export interface TrialMetrics {
  trialDecided(binding: string, verdict: TrialVerdict): void;
}

export interface Witnesses {
  readonly memory: Pick<DecisionMemory, 'note'>;
  readonly live: Pick<LiveDecisions, 'tell' | 'isExplaining'>;
  readonly wouldDeny: Pick<WouldDeny, 'note'>;
}

export function createRecord(
  metrics: DecisionMetrics,
  denials: DenialLog,
  { memory, live, wouldDeny }: Witnesses,
): RecordDecision {
  return (check, decision, seconds = 0, from) => {
    const { binding, outcome, reason } = decision;
    metrics.decided(binding, outcome, reason, seconds);
    denials.note(check, decision);
    if (outcome === 'audit_denied' && binding !== undefined) wouldDeny.note(binding);
    // Nobody was let in or refused: a report of those who were does not tell of it.
    if (outcome !== 'served') memory.note(check, decision, outcome);
    const explain = live.isExplaining() ? () => madeSteps(check.request, decision, from) : undefined;
    live.tell(check, decision, outcome, seconds, explain);
  };
}

/** A Trial refuses nobody, so that there is nothing to log of it; and nobody waits for it, so that it takes no time. */
export function createTrialRecord(
  metrics: TrialMetrics,
  { memory, live, wouldDeny }: Witnesses,
): RecordTrial {
  return (check, trial, from) => {
    metrics.trialDecided(trial.binding, trial.verdict);
    if (trial.verdict === 'would_deny') wouldDeny.note(trial.binding);
    memory.note(check, trial, trial.verdict);
    const explain = live.isExplaining() ? () => madeTrialSteps(check.request, trial, from) : undefined;
    live.tell(check, trial, trial.verdict, 0, explain);
  };
}
