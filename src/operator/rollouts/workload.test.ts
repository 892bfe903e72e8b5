import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../base/json.ts';
import type { WorkloadKind } from '../../cluster/objects.ts';
import { workloadState } from './workload.ts';

const COMPLETE: Readonly<Record<WorkloadKind, JsonObject>> = {
  Deployment: { observedGeneration: 3, replicas: 2, updatedReplicas: 2, availableReplicas: 2 },
  StatefulSet: {
    observedGeneration: 3,
    replicas: 2,
    readyReplicas: 2,
    currentRevision: 'a',
    updateRevision: 'a',
  },
  DaemonSet: {
    observedGeneration: 3,
    desiredNumberScheduled: 2,
    updatedNumberScheduled: 2,
    numberAvailable: 2,
  },
};
const KINDS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;

const made = (kind: WorkloadKind, spec: JsonObject = {}, status: JsonObject = {}): JsonObject => ({
  metadata: { generation: 3 },
  spec: { ...(kind !== 'DaemonSet' && { replicas: 2 }), ...spec },
  status: { ...COMPLETE[kind], ...status },
});

describe.each(KINDS)('a %s', (kind) => {
  it('is settled when all of its pods are of its template, and there', () => {
    expect(workloadState(kind, made(kind))).toEqual({ kind: 'settled' });
  });
  it('is busy until its controller has seen it', () => {
    expect(workloadState(kind, made(kind, {}, { observedGeneration: 2 }))).toEqual({ kind: 'busy' });
    expect(workloadState(kind, { ...made(kind), status: {} })).toEqual({ kind: 'busy' });
  });
  it('that is being deleted is held', () => {
    const metadata = { generation: 3, deletionTimestamp: '2026-01-01T00:00:00Z' };
    expect(workloadState(kind, { ...made(kind), metadata })).toEqual({ kind: 'held', reason: 'Deleting' });
  });
});

it.each<[WorkloadKind, JsonObject]>([
  ['Deployment', { updatedReplicas: 1 }],
  ['Deployment', { replicas: 3 }],
  ['Deployment', { availableReplicas: 1 }],
  ['StatefulSet', { updateRevision: 'b' }],
  ['StatefulSet', { readyReplicas: 1 }],
  ['DaemonSet', { updatedNumberScheduled: 1 }],
  ['DaemonSet', { numberAvailable: 1 }],
])('a %s with %j is busy', (kind, status) => {
  expect(workloadState(kind, made(kind, {}, status))).toEqual({ kind: 'busy' });
});

it.each<[WorkloadKind, JsonObject, string]>([
  ['Deployment', { paused: true }, 'Paused'],
  ['StatefulSet', { updateStrategy: { type: 'OnDelete' } }, 'OnDelete'],
  ['DaemonSet', { updateStrategy: { type: 'OnDelete' } }, 'OnDelete'],
  ['StatefulSet', { updateStrategy: { rollingUpdate: { partition: 1 } } }, 'Partition'],
])('a %s with %j is held', (kind, spec, reason) => {
  expect(workloadState(kind, made(kind, spec))).toEqual({ kind: 'held', reason });
});

it('of no replicas is settled', () => {
  const status = { replicas: 0, updatedReplicas: 0, availableReplicas: 0 };
  expect(workloadState('Deployment', made('Deployment', { replicas: 0 }, status)).kind).toBe('settled');
  expect(workloadState('Deployment', { metadata: {}, spec: { replicas: 0 }, status: {} }).kind).toBe(
    'settled',
  );
});
