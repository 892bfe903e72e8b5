/** Which workloads a binding wants to have restarted: those of pods that are not guarded as they would be now. */

import type { Pod, WorkloadKind } from '../../cluster/objects.ts';
import type { InjectionSettings } from '../../injection/request.ts';
import type { Policies } from '../../planning/policies.ts';
import { isOfOtherMake, standingOf } from '../../status/standing.ts';
import { isOver, shapingGuards } from '../../targets/guards.ts';
import { workloadOf } from '../../targets/owners.ts';

export interface WorkloadReference {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
}

export interface PodReference {
  readonly name: string;
  readonly uid: string;
}

export interface Wish {
  readonly workload: WorkloadReference;
  /** All in its namespace. */
  readonly pods: readonly PodReference[];
}

/** By the workload's title. */
export type Wishes = ReadonlyMap<string, Wish>;

/** `Deployment shop/orders` */
export const titleOf = ({ kind, namespace, name }: WorkloadReference): string =>
  `${kind} ${namespace}/${name}`;

type Known = Pick<Policies, 'store' | 'targets' | 'binding' | 'gatewaysOf'>;

const NONE: Wishes = new Map();
const KINDS: readonly WorkloadKind[] = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** None for a binding that cannot be used: to guard an API by it would be to close it. */
export function wishesOf(id: string, known: Known, settings: InjectionSettings): Wishes {
  const stored = known.store.get('ApiBinding', id);
  if (stored?.kind !== 'typed' || stored.object.spec.rollout !== 'Automatic') return NONE;
  if (known.binding(id)?.acceptance.kind !== 'accepted') return NONE;
  const isBehindGateway = known.gatewaysOf(id).length > 0;
  const wishes = new Map<string, Wish>();
  for (const podId of [...known.targets.podsOf(id)].sort()) {
    const pod = known.store.get('Pod', podId);
    if (pod === undefined || isOver(pod) || pod.deleting) continue;
    if (isBehindGateway && !pod.sidecars.validator) continue;
    const guards = known.targets.guards(podId);
    // Beside another binding a Trial has no say in how the pod is made.
    if (!shapingGuards(guards).some(({ binding }) => binding === id)) continue;
    const standing = standingOf(pod, guards, id, settings.version);
    const isGuarded = pod.sidecars.validator && standing.uncaptured.length === 0;
    const isOutdated =
      standing.otherVersion ||
      standing.otherProtocol ||
      standing.closed.length > 0 ||
      isOfOtherMake(pod, settings);
    if (isGuarded && !isOutdated) continue;
    const workload = restartable(pod);
    if (workload === undefined) continue;
    const title = titleOf(workload);
    const { name, uid } = pod.metadata;
    wishes.set(title, { workload, pods: [...(wishes.get(title)?.pods ?? []), { name, uid }] });
  }
  return wishes;
}

function restartable(pod: Pod): WorkloadReference | undefined {
  const owner = workloadOf(pod);
  const kind = KINDS.find((candidate) => candidate === owner?.kind);
  if (owner === undefined || kind === undefined) return undefined;
  return { kind, namespace: pod.metadata.namespace, name: owner.name };
}
