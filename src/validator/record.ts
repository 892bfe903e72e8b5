/** Counts each decision with the time it took, and logs each denial; and counts what Trials would have decided. */

import type { TrialVerdict } from '../decision/trial-decision.ts';
import type { RecordDecision, RecordTrial } from './check.ts';
import type { DenialLog } from './denial-log.ts';

export interface DecisionMetrics {
  decided(binding: string | undefined, outcome: string, reason: string, seconds: number): void;
}

export interface TrialMetrics {
  trialDecided(binding: string, verdict: TrialVerdict): void;
}

export function createRecord(metrics: DecisionMetrics, denials: DenialLog): RecordDecision {
  return (check, decision, seconds = 0) => {
    const { binding, outcome, reason } = decision;
    metrics.decided(binding, outcome, reason, seconds);
    denials.note(check, decision);
  };
}

/** A Trial refuses nobody, so that there is nothing to log of it. */
export function createTrialRecord(metrics: TrialMetrics): RecordTrial {
  return (_check, _decision, { binding, verdict }) => metrics.trialDecided(binding, verdict);
}
