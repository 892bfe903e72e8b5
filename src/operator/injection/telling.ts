/** Counts reviews of pods, and records an Event for each refusal on the object that wants to make the pod. */

import type { EventRecorder } from '../../kubernetes/events.ts';
import type { OperatorMetrics } from '../../telemetry/operator-metrics.ts';
import type { Told } from './injector.ts';

export function createTelling(
  events: Pick<EventRecorder, 'record'>,
  metrics: Pick<OperatorMetrics, 'podJudged'>,
): (told: Told) => void {
  return ({ result, reason, message, candidate }) => {
    metrics.podJudged(result, reason ?? '');
    // Without an owner there is no object yet that it could stand on; who creates the pod has the answer.
    if (message === undefined || candidate.owner === undefined) return;
    events.record({
      regarding: candidate.owner,
      type: 'Warning',
      reason: 'InjectionRefused',
      action: 'Inject',
      note: message,
    });
  };
}
