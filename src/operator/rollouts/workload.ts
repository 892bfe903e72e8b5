/** Whether a workload can be restarted now, by what its controller says of it, as `kubectl rollout status` reads it. */

import type { JsonObject, JsonValue } from '../../base/json.ts';
import { objectAt } from '../../base/members.ts';
import type { WorkloadKind } from '../../cluster/objects.ts';
import type { HeldReason } from './words.ts';

export type WorkloadState =
  /** All of its pods are of its present template, and are there. */
  | { readonly kind: 'settled' }
  /** Not yet: something else has changed it, or a pod of it is missing. */
  | { readonly kind: 'busy' }
  /** A restart would do nothing, or more than is wished for. */
  | { readonly kind: 'held'; readonly reason: HeldReason };

export function workloadState(kind: WorkloadKind, workload: JsonObject): WorkloadState {
  const spec = objectAt(workload.spec);
  const { deletionTimestamp } = objectAt(workload.metadata);
  if (deletionTimestamp !== undefined) return held('Deleting');
  if (spec.paused === true) return held('Paused');
  const strategy = objectAt(spec.updateStrategy);
  if (kind !== 'Deployment' && strategy.type === 'OnDelete') return held('OnDelete');
  if (number(objectAt(strategy.rollingUpdate).partition) > 0) return held('Partition');
  return { kind: isComplete(kind, workload) ? 'settled' : 'busy' };
}

const held = (reason: HeldReason): WorkloadState => ({ kind: 'held', reason });

function isComplete(kind: WorkloadKind, { metadata, spec, status }: JsonObject): boolean {
  const { replicas = 1 } = objectAt(spec);
  const told = objectAt(status);
  if (number(told.observedGeneration) < number(objectAt(metadata).generation)) return false;
  switch (kind) {
    case 'Deployment': {
      const counts = [told.replicas, told.updatedReplicas, told.availableReplicas];
      return counts.every((count) => number(count) === number(replicas));
    }
    case 'StatefulSet': {
      const counts = [told.replicas, told.readyReplicas];
      const isRenewed = told.currentRevision === told.updateRevision;
      return isRenewed && counts.every((count) => number(count) === number(replicas));
    }
    case 'DaemonSet': {
      const counts = [told.updatedNumberScheduled, told.numberAvailable];
      return counts.every((count) => number(count) === number(told.desiredNumberScheduled));
    }
  }
}

/** The API server leaves out what is zero. */
const number = (value: JsonValue | undefined): number => (typeof value === 'number' ? value : 0);
