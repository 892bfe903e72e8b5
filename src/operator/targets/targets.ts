/** Who guards what, kept up to date: each change touches only what depends on it. */

import { isDeepStrictEqual } from 'node:util';
import { selectorMatches } from '../../resources/selectors.ts';
import type { Kind, Pod, StoredBinding } from '../cluster/objects.ts';
import type { Store } from '../cluster/store.ts';
import type { AppliedChange, Touched } from './changes.ts';
import { createPodClasses, type PodClass } from './classes.ts';
import { guardOfBinding, withGuard } from './guard-list.ts';
import { captureOf, type Guard, guardOf } from './guards.ts';
import type { SelectorEntry } from './pairs.ts';
import { type Chosen, createPlaces } from './places.ts';
import { createRefusals, type Refusal } from './refusals.ts';
import { objectKey, type Resolution, resolveTargets } from './resolve.ts';
import { add, move, remove, type SetsByKey } from './sets-by-key.ts';

export interface Targets {
  /** The store holds the new objects already. */
  apply(changes: readonly AppliedChange[]): Touched;
  /** By ascending id of the binding; empty for a pod that nothing guards, is over, or is not known. */
  guards(pod: string): readonly Guard[];
  podsOf(binding: string): ReadonlySet<string>;
  resolution(binding: string): Resolution | undefined;
  /** Of workloads whose pods the binding would guard. */
  refusals(binding: string): readonly Refusal[];
  /** Bindings that share a target with this one, itself among them, whether there are pods or not. */
  sharing(binding: string): ReadonlySet<string>;
  /** Bindings that one of these objects was read for. */
  readersOf(kind: Kind, id: string): ReadonlySet<string>;
}

interface Entry {
  readonly namespace: string;
  readonly resolution: Resolution;
  readonly selectors: readonly SelectorEntry<Chosen>[];
}

/** What changes have touched so far. */
interface Batch {
  readonly pods: Set<string>;
  /** Whatever else there is, these are concerned. */
  readonly bindings: Set<string>;
  /** They lost a pod, got one, or have one that is another. */
  readonly touched: Set<PodClass>;
  /** Their guards are to be told anew. */
  readonly stale: Set<PodClass>;
  /** Their guards are others. */
  readonly changed: Set<PodClass>;
}

const NONE: ReadonlySet<string> = new Set();
const NO_GUARDS: readonly Guard[] = [];
const ROUTE = /^(?:HTTP|GRPC)Route /;

export function createTargets(store: Store): Targets {
  const entries = new Map<string, Entry>();
  /** By object, the bindings that were resolved from it. */
  const readers: SetsByKey = new Map();
  const byTarget: SetsByKey = new Map();
  const classes = createPodClasses();
  const byBinding: SetsByKey<PodClass> = new Map();
  const places = createPlaces(classes);
  const refusals = createRefusals(places);
  let routeApi = false;

  /** Of its pods the one that messages name: they differ in nothing else that matters here. */
  const sampleOf = (row: PodClass): Pod | undefined => store.get('Pod', classes.firstOf(row));

  /** Resolves the binding anew, and puts its guards in the place of those before. */
  const resolve = (id: string, changed: Set<PodClass>): void => {
    const binding = store.get('ApiBinding', id);
    const before = entries.get(id);
    const now = binding && entryOf(id, binding);
    move(readers, before?.resolution.reads ?? [], now?.resolution.reads ?? [], id);
    move(byTarget, before?.resolution.targets ?? [], now?.resolution.targets ?? [], id);
    if (before !== undefined) forgetSelectors(before);
    if (now === undefined) entries.delete(id);
    else enter(id, now);
    const rows = new Set(byBinding.get(id));
    if (now !== undefined) {
      for (const row of places.chosenClasses(now.namespace, now.resolution.selections)) rows.add(row);
    }
    for (const row of rows) if (replace(id, now, row)) changed.add(row);
  };

  const enter = (id: string, now: Entry): void => {
    entries.set(id, now);
    for (const entry of now.selectors) places.at(now.namespace).selectors.add(entry);
  };

  /** Of all guards of the pods that of this binding alone; true when it is another one. */
  const replace = (id: string, entry: Entry | undefined, row: PodClass): boolean => {
    const guard = entry && guardBy(id, entry, row);
    if (isDeepStrictEqual(guard, guardOfBinding(row.guards, id))) return false;
    row.guards = withGuard(row.guards, id, guard);
    if (guard === undefined) remove(byBinding, id, row);
    else add(byBinding, id, row);
    return true;
  };

  const guardBy = (id: string, { resolution }: Entry, row: PodClass): Guard | undefined => {
    const pod = sampleOf(row);
    if (pod === undefined) return undefined;
    const selections = resolution.selections.filter(({ selector }) =>
      selector === undefined ? row.hasValidator : selectorMatches(selector, row.labels),
    );
    return selections.length === 0 ? undefined : guardOf(id, selections, pod, captureIn(pod));
  };

  const captureIn = (pod: Pod) => captureOf(pod, store.get('Namespace', pod.metadata.namespace)?.marks);

  const forgetSelectors = ({ namespace, selectors }: Entry): void => {
    for (const entry of selectors) places.at(namespace).selectors.delete(entry);
  };

  const entryOf = (id: string, binding: StoredBinding): Entry => {
    const resolution = resolveTargets(binding, { get: store.get, routeApi });
    const selectors = resolution.selections.map((selection) => ({
      selector: selection.selector,
      value: { binding: id, selection },
    }));
    return { namespace: binding.metadata.namespace, resolution, selectors };
  };

  /** All guards of a class anew. */
  const guard = (row: PodClass, changed: Set<PodClass>): void => {
    const pod = row.pods.size === 0 ? undefined : sampleOf(row);
    const guards = pod === undefined ? NO_GUARDS : guardsOf(pod);
    if (isDeepStrictEqual(guards, row.guards)) return;
    for (const { binding } of row.guards) remove(byBinding, binding, row);
    row.guards = guards;
    for (const { binding } of guards) add(byBinding, binding, row);
    changed.add(row);
  };

  const guardsOf = (pod: Pod): readonly Guard[] => {
    const { namespace } = pod.metadata;
    const chosen = places.at(namespace).selectors.choosing(pod.labels, pod.sidecars.validator);
    if (chosen.length === 0) return NO_GUARDS;
    const capture = captureIn(pod);
    const byBinding = Map.groupBy(chosen, ({ value }) => value.binding);
    return [...byBinding]
      .map(([binding, entries]) =>
        guardOf(
          binding,
          entries.map(({ value }) => value.selection),
          pod,
          capture,
        ),
      )
      .sort((a, b) => (a.binding < b.binding ? -1 : 1));
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

  /** Puts the pod into its class. */
  const place = (id: string, pod: Pod | undefined, batch: Batch): void => {
    const { from, to, isNew } = classes.move(id, pod);
    for (const row of [from, to]) {
      if (row === undefined) continue;
      batch.touched.add(row);
      // Which pod messages name may be another one now.
      if (from !== to && row.guards.some(({ problem }) => problem !== undefined)) batch.stale.add(row);
    }
    if (from !== undefined && from.pods.size === 0) {
      places.at(from.namespace).classes.delete(from.key, from.labels);
      batch.stale.add(from);
    }
    if (to !== undefined && isNew) {
      places.at(to.namespace).classes.set(to.key, to.labels);
      batch.stale.add(to);
    }
  };

  const note = (change: AppliedChange, batch: Batch): void => {
    for (const binding of refusals.take(change)) batch.bindings.add(binding);
    if (change.kind === 'RouteApi') routeApi = change.installed;
    else if (change.kind === 'Namespace') for (const row of places.classesIn(change.id)) batch.stale.add(row);
    else if (change.kind === 'Pod') {
      batch.pods.add(change.id);
      place(change.id, change.object, batch);
    }
  };

  const finish = (resolved: ReadonlySet<string>, batch: Batch): Touched => {
    const { pods, bindings, touched, stale, changed } = batch;
    for (const id of resolved) bindings.add(id);
    const noteGuards = (rows: Iterable<PodClass>): void => {
      for (const { guards } of rows) for (const { binding } of guards) bindings.add(binding);
    };
    noteGuards(touched);
    noteGuards(stale);
    for (const row of stale) guard(row, changed);
    for (const id of resolved) resolve(id, changed);
    noteGuards(touched.union(changed));
    for (const row of changed) for (const pod of row.pods) pods.add(pod);
    return { pods, resolved, bindings };
  };

  return {
    apply(changes) {
      const resolved = new Set<string>();
      const batch: Batch = {
        pods: new Set(),
        bindings: new Set(),
        touched: new Set(),
        stale: new Set(),
        changed: new Set(),
      };
      for (const change of changes) {
        note(change, batch);
        for (const binding of staleBindings(change)) resolved.add(binding);
      }
      return finish(resolved, batch);
    },
    guards: (pod) => classes.of(pod)?.guards ?? NO_GUARDS,
    podsOf(binding) {
      const [first, ...others] = byBinding.get(binding) ?? [];
      if (first === undefined) return NONE;
      return others.length === 0 ? first.pods : new Set([first, ...others].flatMap(({ pods }) => [...pods]));
    },
    resolution: (binding) => entries.get(binding)?.resolution,
    refusals(binding) {
      const entry = entries.get(binding);
      return entry === undefined ? [] : refusals.chosenBy(entry.namespace, entry.resolution.selections);
    },
    sharing(binding) {
      const { targets = [] } = entries.get(binding)?.resolution ?? {};
      const shared = new Set([binding]);
      for (const target of targets) for (const other of byTarget.get(target) ?? NONE) shared.add(other);
      return shared;
    },
    readersOf: (kind, id) => readers.get(objectKey(kind, id)) ?? NONE,
  };
}
