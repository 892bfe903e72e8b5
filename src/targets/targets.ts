/** Keeps which bindings guard which pods: each change touches only what depends on it. */

import { isDeepStrictEqual } from 'node:util';
import { add, move, type SetsByKey } from '../base/sets-by-key.ts';
import type { NetworkPolicy, Pod, StoredBinding, StoredKind } from '../cluster/objects.ts';
import type { Store } from '../cluster/store.ts';
import type { CaptureMode } from '../injection/capture-mode.ts';
import type { Labels } from '../resources/selectors.ts';
import type { AppliedChange, Touched } from './applied-changes.ts';
import { createPodClasses, type PodClass, type SettledPods } from './classes.ts';
import { bindingsOf, type Choice, type Use } from './groups.ts';
import { captureOf, type Guard, guardOf, guardOfBinding, withGuards } from './guards.ts';
import type { TargetProblem } from './reasons.ts';
import { createRefusals, type WorkloadRefusal } from './refusals.ts';
import { objectKey, type PodSelection, type Resolution, resolveTargets } from './resolve.ts';

export interface Targets {
  /** The store holds the new objects already. */
  apply(changes: readonly AppliedChange[]): Touched;
  /** By ascending id of the binding; empty for a pod that nothing guards, is over, or is not known. */
  guards(pod: string): readonly Guard[];
  /** Mostly the very same set for bindings of the same pods. */
  podsOf(binding: string): ReadonlySet<string>;
  hasPods(binding: string): boolean;
  resolution(binding: string): Resolution | undefined;
  /** What keeps the binding from guarding its targets, or some of their pods. */
  problems(binding: string): readonly TargetProblem[];
  /** Of workloads whose pods the binding would guard. */
  refusals(binding: string): readonly WorkloadRefusal[];
  /** Whether a binding would guard pods of these labels. */
  chooses(namespace: string, labels: Labels): boolean;
  /** Bindings that share a target with this one, itself among them, whether there are pods or not. */
  sharing(binding: string): ReadonlySet<string>;
  /** Bindings that one of these objects was read for. */
  readersOf(kind: StoredKind, id: string): ReadonlySet<string>;
}

interface Entry {
  readonly namespace: string;
  readonly resolution: Resolution;
  readonly uses: readonly ChosenUse[];
}

interface ChosenUse {
  readonly selection: PodSelection;
  readonly use: Use;
  readonly choice: Choice;
}

/** What the guards of a class were last worked out from, beside the bindings. */
interface Sample {
  /** Of its pods the one that messages name: they differ in nothing else that matters here. */
  readonly pod: Pod;
  readonly capture: CaptureMode;
}

/** What changes have touched so far. */
interface Batch {
  readonly pods: Set<string>;
  /** Bindings that are affected in any case. */
  readonly bindings: Set<string>;
  readonly namespaces: string[];
  /** By class, the bindings whose guards there are to be worked out anew. */
  readonly stale: SetsByKey<string, PodClass>;
}

const NONE: ReadonlySet<string> = new Set();
const NO_GUARDS: readonly Guard[] = [];
const ROUTE = /^(?:HTTP|GRPC)Route /;

export function createTargets(store: Store): Targets {
  const entries = new Map<string, Entry>();
  /** By object, the bindings that were resolved from it. */
  const readers: SetsByKey = new Map();
  const byTarget: SetsByKey = new Map();
  const classes = createPodClasses((id) => store.get('Pod', id));
  const samples = new WeakMap<PodClass, Sample>();
  const networkPolicySelectors = new Map<string, Use>();
  const refusals = createRefusals(classes);
  let routeApi = false;

  const resolve = (id: string): void => {
    const binding = store.get('ApiBinding', id);
    const before = entries.get(id);
    const now = binding && entryOf(id, binding);
    move(readers, before?.resolution.reads ?? [], now?.resolution.reads ?? [], id);
    move(byTarget, before?.resolution.targets ?? [], now?.resolution.targets ?? [], id);
    // After the new ones are there: a selector that is used again is still the same choice.
    for (const { use } of before?.uses ?? []) classes.release(use);
    if (now === undefined) entries.delete(id);
    else entries.set(id, now);
  };

  const entryOf = (id: string, binding: StoredBinding): Entry => {
    const { namespace } = binding.metadata;
    const resolution = resolveTargets(binding, { get: store.get, routeApi });
    const uses = resolution.selections.map((selection): ChosenUse => {
      const use = { binding: id, namespace, selector: selection.selector };
      return { selection, use, choice: classes.use(use) };
    });
    return { namespace, resolution, uses };
  };

  const choicesOf = (id: string): readonly Choice[] =>
    (entries.get(id)?.uses ?? []).map(({ choice }) => choice);

  const classesOf = (id: string): ReadonlySet<PodClass> => classes.chosenBy(choicesOf(id));

  const sampleOf = (row: PodClass): Sample | undefined => {
    const pod = store.get('Pod', classes.firstOf(row));
    if (pod === undefined) return undefined;
    return { pod, capture: captureOf(pod, store.get('Namespace', row.namespace)?.marks) };
  };

  const guardBy = (id: string, { choices }: PodClass, { pod, capture }: Sample): Guard | undefined => {
    const { uses = [], resolution } = entries.get(id) ?? {};
    const selections = uses.flatMap(({ choice, selection }) => (choices.has(choice) ? selection : []));
    const isTrial = resolution?.isTrial === true;
    return selections.length === 0 ? undefined : guardOf({ id, isTrial }, selections, pod, capture);
  };

  /** Works out the guards by these bindings; true when one of them is another now. */
  const renew = (row: PodClass, bindings: Iterable<string>): boolean => {
    const sample = sampleOf(row);
    if (sample === undefined) return false;
    samples.set(row, sample);
    const changes = new Map<string, Guard | undefined>();
    for (const id of bindings) {
      const guard = guardBy(id, row, sample);
      if (!isDeepStrictEqual(guard, guardOfBinding(row.guards, id))) changes.set(id, guard);
    }
    if (changes.size > 0) row.guards = withGuards(row.guards, changes);
    return changes.size > 0;
  };

  /** Bindings whose guards follow from the sample, where that is another one. */
  const outdatedIn = (row: PodClass): readonly string[] => {
    const [before, now] = [samples.get(row), sampleOf(row)];
    if (now === undefined || before?.pod.metadata.name === now.pod.metadata.name) {
      return before?.capture === now?.capture ? [] : row.guards.map(({ binding }) => binding);
    }
    const isAll = before?.capture !== now.capture;
    return row.guards.flatMap(({ binding, problem }) => (isAll || problem !== undefined ? binding : []));
  };

  const staleBindings = (change: AppliedChange): Iterable<string> => {
    switch (change.kind) {
      case 'RouteApi':
        return [...readers].flatMap(([key, ids]) => (ROUTE.test(key) ? [...ids] : []));
      case 'ApiBinding':
        return [change.id];
      case 'Pod':
      case 'Namespace':
      case 'PodRefusal':
        return NONE;
      default:
        return readers.get(objectKey(change.kind, change.id)) ?? NONE;
    }
  };

  /** Pods that a NetworkPolicy selects are in a class of their own: status says how they can be reached. */
  const applyNetworkPolicy = (id: string, policy: NetworkPolicy | undefined): void => {
    const before = networkPolicySelectors.get(id);
    const selector = policy?.selector;
    const now = policy && selector && { binding: undefined, namespace: policy.metadata.namespace, selector };
    if (now === undefined) networkPolicySelectors.delete(id);
    else networkPolicySelectors.set(id, now);
    if (now !== undefined) classes.use(now);
    if (before !== undefined) classes.release(before);
  };

  const note = (change: AppliedChange, { pods, namespaces }: Batch): void => {
    if (change.kind === 'RouteApi') routeApi = change.installed;
    else if (change.kind === 'Namespace') namespaces.push(change.id);
    else if (change.kind === 'NetworkPolicy') applyNetworkPolicy(change.id, change.object);
    else if (change.kind === 'Pod') {
      pods.add(change.id);
      classes.note(change.id);
    }
  };

  /** Marks all bindings of new classes as stale; of the classes `concerned`, those whose guards follow from another sample. */
  const noteStale = ({ fresh }: SettledPods, concerned: Iterable<PodClass>, { stale }: Batch): void => {
    for (const row of fresh) {
      for (const id of [...row.choices].flatMap(bindingsOf)) add(stale, row, id);
      for (const { binding } of row.guards) add(stale, row, binding);
    }
    for (const row of concerned) for (const id of outdatedIn(row)) add(stale, row, id);
  };

  const finish = (resolved: ReadonlySet<string>, batch: Batch): Touched => {
    const { pods, bindings, namespaces, stale } = batch;
    const noteClasses = (): void => {
      for (const id of resolved) for (const row of classesOf(id)) add(stale, row, id);
    };
    const noteGuards = (rows: Iterable<PodClass>): void => {
      for (const { guards } of rows) for (const { binding } of guards) bindings.add(binding);
    };
    // The classes that the bindings chose before.
    noteClasses();
    for (const id of resolved) resolve(id);
    const settled = classes.settle();
    // The classes that they choose now.
    noteClasses();
    const concerned = new Set([...settled.touched, ...namespaces.flatMap((name) => [...classes.in(name)])]);
    // The bindings that guarded them before; after `renew`, those that guard them now.
    noteGuards(concerned);
    noteStale(settled, concerned, batch);
    const changed = [...stale].flatMap(([row, ids]) => (renew(row, ids) ? row : []));
    noteGuards([...concerned, ...changed]);
    for (const id of resolved) bindings.add(id);
    for (const id of settled.pods) pods.add(id);
    for (const row of changed) for (const pod of row.pods) pods.add(pod);
    return { pods, resolved, bindings };
  };

  return {
    apply(changes) {
      const resolved = new Set<string>();
      const batch: Batch = { pods: new Set(), bindings: new Set(), namespaces: [], stale: new Map() };
      for (const change of changes) {
        for (const binding of refusals.take(change)) batch.bindings.add(binding);
        note(change, batch);
        for (const binding of staleBindings(change)) resolved.add(binding);
      }
      return finish(resolved, batch);
    },
    guards: (pod) => classes.of(pod)?.guards ?? NO_GUARDS,
    podsOf: (binding) => classes.podsOf(choicesOf(binding)),
    hasPods: (binding) => classesOf(binding).size > 0,
    resolution: (binding) => entries.get(binding)?.resolution,
    problems: (id) => [
      ...(entries.get(id)?.resolution.problems ?? []),
      ...[...classesOf(id)].flatMap(({ guards }) => guardOfBinding(guards, id)?.problem ?? []),
    ],
    refusals(binding) {
      const entry = entries.get(binding);
      return entry === undefined ? [] : refusals.chosenBy(entry.namespace, entry.resolution.selections);
    },
    chooses: (namespace, labels) =>
      classes.choosing(namespace, labels).some((choice) => bindingsOf(choice).length > 0),
    sharing(binding) {
      const { targets = [] } = entries.get(binding)?.resolution ?? {};
      const shared = new Set([binding]);
      for (const target of targets) for (const other of byTarget.get(target) ?? NONE) shared.add(other);
      return shared;
    },
    readersOf: (kind, id) => readers.get(objectKey(kind, id)) ?? NONE,
  };
}
