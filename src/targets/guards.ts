/** The guards of one pod: each binding that chooses it, with its ports there. */

import { partition } from '../base/partition.ts';
import type { Pod } from '../cluster/objects.ts';
import { type CaptureMode, writtenCaptureMode } from '../injection/capture-mode.ts';
import type { PortOfGuard } from '../injection/request.ts';
import { sayingMore } from '../injection/spoken.ts';
import { selectorMatches } from '../resources/selectors.ts';
import { portsOfPod } from './ports.ts';
import { type TargetProblem, targetProblem } from './reasons.ts';
import type { PodSelection, Resolution } from './resolve.ts';

export interface Guard {
  /** Of the binding, namespace/name. */
  readonly binding: string;
  /** By ascending number. Empty where they are unknown, and for a binding that breaks the schema: any. */
  readonly ports: readonly PortOfGuard[];
  /** Of a binding in mode Trial. */
  readonly isTrial?: true;
  /** Why the binding cannot be enforced here as it is written: it denies. */
  readonly problem: TargetProblem | undefined;
}

/** What is none of the three words is Redirect here: injection lets no such pod in. */
export function captureMode(pod: Pod, namespaceMarks: Readonly<Record<string, string>> = {}): CaptureMode {
  return writtenCaptureMode(pod.marks, namespaceMarks) ?? 'Redirect';
}

/** How requests to a pod are captured: with sidecars, as those were made, whatever annotations say by now. */
export function captureOf(pod: Pod, namespaceMarks?: Readonly<Record<string, string>>): CaptureMode {
  const { validator, envoy, capture } = pod.sidecars;
  if (!validator) return captureMode(pod, namespaceMarks);
  if (!envoy) return 'None';
  return capture ? 'Redirect' : 'NamedPort';
}

/** Of a pod whose containers have ended there is nothing left to guard. */
export const isOver = ({ phase }: Pod): boolean => phase === 'Succeeded' || phase === 'Failed';

/** A binding of the pod's namespace, with what its targets mean. */
interface Targeting {
  /** namespace/name. */
  readonly id: string;
  readonly resolution: Resolution;
}

/** The guards that a pod is made for, in the order of the bindings. */
export function guardsOfPod(
  pod: Pod,
  bindings: readonly Targeting[],
  capture: CaptureMode,
): readonly Guard[] {
  const all = bindings.flatMap(({ id, resolution }) => {
    const chosen = resolution.selections.filter(({ selector }) => chooses(selector, pod));
    return chosen.length === 0 ? [] : [guardOf({ id, ...resolution }, chosen, pod, capture)];
  });
  return shapingGuards(all);
}

/** Those that sidecars are made for: where another binding guards the pod, a Trial changes nothing of it. */
export function shapingGuards(guards: readonly Guard[]): readonly Guard[] {
  const [trials, deciding] = partition(guards, ({ isTrial }) => isTrial === true);
  return deciding.length > 0 ? deciding : trials;
}

/** Where the selector cannot be read, the binding may mean any pod of its namespace: the pod is guarded, and denies. */
const chooses = (selector: PodSelection['selector'], { labels }: Pod): boolean =>
  selector === undefined || selectorMatches(selector, labels);

/** The selections all choose the pod, and belong to this one binding. */
export function guardOf(
  { id: binding, isTrial }: { readonly id: string; readonly isTrial: boolean },
  selections: readonly PodSelection[],
  pod: Pod,
  capture: CaptureMode,
): Guard {
  const ports = new Map<number, PortOfGuard>();
  let problem: TargetProblem | undefined;
  for (const { ports: wish } of selections) {
    const found = portsOfPod(wish, pod);
    if (found.kind === 'ports') {
      for (const port of found.ports) ports.set(port.port, sayingMore(ports.get(port.port), port));
    } else {
      problem = first(problem, found.problem);
    }
    if (capture === 'NamedPort') problem = first(problem, numericTarget(wish, pod));
  }
  // What one selection knows does not mend another: but a port that is known is guarded as it is written.
  const isKnown = ports.size > 0 && problem?.reason !== 'NumericTargetPort';
  return {
    binding,
    ...(isTrial && { isTrial }),
    ports: [...ports.values()].sort((a, b) => a.port - b.port),
    problem: isKnown ? undefined : problem,
  };
}

/** Of two problems always the same, whatever the order of the selections. */
function first(a: TargetProblem | undefined, b: TargetProblem | undefined): TargetProblem | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return `${a.reason} ${a.message}` <= `${b.reason} ${b.message}` ? a : b;
}

function numericTarget(wish: PodSelection['ports'], pod: Pod): TargetProblem | undefined {
  if (wish.kind !== 'targets') return undefined;
  const numeric = wish.targets.find(({ target }) => typeof target === 'number');
  if (numeric === undefined) return undefined;
  const { namespace, name } = pod.metadata;
  return targetProblem(
    'NumericTargetPort',
    `Pod ${namespace}/${name} has capture NamedPort, and Service ${wish.service} targets its port ${numeric.target} by number, past Envoy`,
    "give the container's port a name, and use it as the Service's targetPort",
  );
}

/** The guards of one class of pods come in the order of their bindings' ids. */
export function guardOfBinding(guards: readonly Guard[], binding: string): Guard | undefined {
  let [low, high] = [0, guards.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((guards[middle]?.binding ?? '') < binding) low = middle + 1;
    else high = middle;
  }
  const found = guards[low];
  return found?.binding === binding ? found : undefined;
}

/** By binding, each in the place of the one before; undefined takes a binding's guard away. */
export function withGuards(
  guards: readonly Guard[],
  changes: ReadonlyMap<string, Guard | undefined>,
): readonly Guard[] {
  const others = guards.filter(({ binding }) => !changes.has(binding));
  const put = [...changes.values()].filter((guard) => guard !== undefined);
  return [...others, ...put].sort((a, b) => (a.binding < b.binding ? -1 : 1));
}
