/**
 * Which bindings a new pod is guarded for: those that target it, and those that may.
 *
 * A target that is there means what it says. One that is not there yet could mean any pod, and what it will say is not
 * known before it comes, which may be after the pod has started: manifests are applied in any order. So until then
 * every pod of the namespace is guarded for it, and denies; it follows the binding as soon as the target is there. Only
 * a missing workload says by its name which pods are its own, for it is there before them. Where the binding names its
 * ports no others are touched, so that the rest of the namespace goes on as before.
 *
 * A namespace may also require a guard for every pod to which a Service leads HTTP requests: such a pod denies until a
 * binding targets it, however late that comes.
 */

import type { Pod } from '../../cluster/objects.ts';
import { type Exposure, exposureOf } from '../../targets/exposed.ts';
import { captureMode, type Guard, guardsOfPod } from '../../targets/guards.ts';
import { workloadOf } from '../../targets/owners.ts';
import { numberedPorts } from '../../targets/ports.ts';
import { targetProblem } from '../../targets/reasons.ts';
import type { MissingTarget, NamespaceSurroundings, TargetingBinding } from './surroundings.ts';

export interface PodGuards {
  /** Of bindings that target the pod, by id. */
  readonly certain: readonly Guard[];
  /** Of bindings of which it is not known yet; the problem says what is missing. */
  readonly possible: readonly Guard[];
  /** Because the namespace requires it of what a Service leads to, as long as Trials alone target the pod, or none. */
  readonly exposed: Exposure | undefined;
}

/** What the pod gets sidecars for. */
export const allGuards = ({ certain, possible, exposed }: PodGuards): readonly Guard[] => [
  ...certain,
  ...possible,
  ...(exposed === undefined ? [] : [exposed]),
];

/** Whether nothing but Trials asks for sidecars: then the pod may do without. */
export const areTrials = ({ certain, possible, exposed }: PodGuards): boolean =>
  certain.length > 0 &&
  certain.every(({ isTrial }) => isTrial) &&
  possible.length === 0 &&
  exposed === undefined;

export function guardsOf(pod: Pod, { namespace, bindings, services }: NamespaceSurroundings): PodGuards {
  const capture = captureMode(pod, namespace.annotations);
  // Where two say how a port is spoken, the older one's word holds, as everywhere.
  const byAge = bindings.toSorted((a, b) => (ageOf(a) < ageOf(b) ? -1 : 1));
  const certain = guardsOfPod(pod, byAge, capture);
  return {
    certain,
    // No pod is made to deny for what may be the target of a Trial.
    possible: byAge
      .filter(({ resolution }) => !resolution.isTrial)
      .flatMap((binding) => possibleGuard(binding, pod)),
    exposed: certain.every(({ isTrial }) => isTrial) ? exposureOf(pod, services, capture) : undefined,
  };
}

/** Sorts as src/compiler does; the times are an API server's. One that breaks the schema says nothing of ports. */
const ageOf = ({ id, binding }: TargetingBinding): string =>
  `${(binding.kind === 'typed' && binding.object.metadata.creationTimestamp) || 'none'} ${id}`;

function possibleGuard({ id, binding, missing }: TargetingBinding, pod: Pod): readonly Guard[] {
  const [first] = missing.filter((target) => mayMean(target, pod));
  if (first === undefined) return [];
  const written = binding.kind === 'typed' ? (binding.object.spec.ports ?? []) : [];
  return [
    {
      binding: id,
      ports: numberedPorts(written, pod),
      problem: targetProblem(
        'TargetNotFound',
        `there is no ${first.kind} ${first.id} yet`,
        'create it, or correct kind and name',
      ),
    },
  ];
}

function mayMean({ kind, id }: MissingTarget, pod: Pod): boolean {
  if (kind !== 'Deployment' && kind !== 'StatefulSet' && kind !== 'DaemonSet') return true;
  const workload = workloadOf(pod);
  return workload?.kind === kind && `${pod.metadata.namespace}/${workload.name}` === id;
}
