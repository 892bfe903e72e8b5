/** Counts each decision with the time it took, and logs each denial. */

import type { RecordDecision } from './check.ts';
import type { DenialLog } from './denial-log.ts';

export interface DecisionMetrics {
  decided(binding: string | undefined, outcome: string, reason: string, seconds: number): void;
}

export function createRecord(metrics: DecisionMetrics, denials: DenialLog): RecordDecision {
  return (check, decision, seconds = 0) => {
    const { binding, outcome, reason } = decision;
    metrics.decided(binding, outcome, reason, seconds);
    denials.note(check, decision);
  };
}
