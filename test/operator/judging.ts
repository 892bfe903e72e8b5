/** What holds of every status: conditions that move only when they flip, and what other tools read from them. */

import { expect } from 'vitest';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import type { ConditionText } from '../../src/status/reasons.ts';
import { conditionsOf } from './board.ts';

/** As sigs.k8s.io/cli-utils/pkg/kstatus judges a custom resource, which Flux, Argo CD and Helm go by. */
export function kstatus(object: KubernetesObject): 'Current' | 'InProgress' | 'Failed' | 'Terminating' {
  const { deletionTimestamp, generation } = object.metadata;
  if (deletionTimestamp !== undefined) return 'Terminating';
  const { observedGeneration } = (object.status ?? {}) as { readonly observedGeneration?: number };
  if (observedGeneration !== undefined && observedGeneration !== generation) return 'InProgress';
  const conditions = conditionsOf(object);
  const is = (type: string, status: string) =>
    conditions.some((condition) => condition.type === type && condition.status === status);
  if (is('Reconciling', 'True')) return 'InProgress';
  if (is('Stalled', 'True')) return 'Failed';
  return is('Ready', 'False') || is('Ready', 'Unknown') ? 'InProgress' : 'Current';
}

/** From version to version of each object. */
export function expectSteadyTimes(histories: ReadonlyMap<string, readonly KubernetesObject[]>): void {
  for (const versions of histories.values()) {
    versions.forEach((version, at) => {
      const before = versions[at - 1];
      for (const { type, status, lastTransitionTime } of conditionsOf(version)) {
        const known = before && conditionsOf(before).find((condition) => condition.type === type);
        if (known === undefined) continue;
        const text = `${version.metadata.name} ${type} ${known.status} to ${status}`;
        if (known.status === status) expect(lastTransitionTime, text).toBe(known.lastTransitionTime);
        else
          expect(Date.parse(lastTransitionTime), text).toBeGreaterThanOrEqual(
            Date.parse(known.lastTransitionTime),
          );
      }
    });
  }
}

/** `type status reason` of a table; `KeysAvailable` may be True with the reason of a failure, which is no row of its own. */
export const reasonsOf = (table: Readonly<Record<string, ConditionText>>): ReadonlySet<string> =>
  new Set(
    Object.entries(table).flatMap(([type, { reasons }]) =>
      Object.entries(reasons).map(([reason, { status }]) => `${type} ${status} ${reason}`),
    ),
  );
