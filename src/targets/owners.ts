/** Which workload a pod belongs to, so that it can be named and restarted. */

import type { Owner, Pod } from '../cluster/objects.ts';

/** A Deployment's ReplicaSet is called by its name and the pods' template hash. Undefined for a pod of its own. */
export function workloadOf({ owner, labels }: Pick<Pod, 'owner' | 'labels'>): Owner | undefined {
  const hash = labels['pod-template-hash'];
  if (owner?.kind !== 'ReplicaSet' || hash === undefined || !owner.name.endsWith(`-${hash}`)) return owner;
  return { kind: 'Deployment', name: owner.name.slice(0, -hash.length - 1) };
}
