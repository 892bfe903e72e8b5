/** Reviews of pods counted, and refusals told on whatever wants to make the pod: in an Event, and to bindings' status. */

import type { EventRecorder } from '../../kubernetes/events.ts';
import type { OperatorMetrics } from '../../telemetry/operator-metrics.ts';
import type { PodRefusalChange } from '../targets/refusals.ts';
import type { OwnerReference } from './candidate.ts';
import type { Told } from './judge.ts';

/** Of those that do not say themselves that their pods are refused. */
function workloadOf(owner: OwnerReference | undefined): PodRefusalChange['of'] | undefined {
  if (owner === undefined) return undefined;
  const { kind, namespace, name, uid } = owner;
  return kind === 'StatefulSet' || kind === 'DaemonSet'
    ? { kind, id: `${namespace}/${name}`, uid }
    : undefined;
}

export function createTelling(
  events: Pick<EventRecorder, 'record'>,
  metrics: Pick<OperatorMetrics, 'podJudged'>,
  put: (change: PodRefusalChange) => void,
): (told: Told) => void {
  return ({ result, reason, message, candidate }) => {
    metrics.podJudged(result, reason ?? '');
    const of = workloadOf(candidate.owner);
    if (of !== undefined) put({ kind: 'PodRefusal', of, message });
    // Without an owner there is no object yet that it could stand on; whoever creates the pod is told by the answer.
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
