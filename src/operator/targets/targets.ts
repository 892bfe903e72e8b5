/** Who guards what, kept up to date: each change touches only what depends on it. */

import type { Kind, ObjectChange, Pod, StoredBinding } from '../cluster/objects.ts';
import type { Store } from '../cluster/store.ts';
import { captureOf, type Guard, guardOf, isOver } from './guards.ts';
import {
  createLabelIndex,
  createSelectorIndex,
  type LabelIndex,
  type SelectorEntry,
  type SelectorIndex,
} from './pairs.ts';
import { objectKey, type Resolution, resolveTargets, type Selection } from './resolve.ts';
import { add, move, remove, type SetsByKey } from './sets-by-key.ts';

/** What a batch of changes has touched, by id: whose guards, or targets, may be others now. */
export interface Touched {
  readonly pods: ReadonlySet<string>;
  /** Bindings that were resolved anew. */
  readonly resolved: ReadonlySet<string>;
  /** Those, and the ones that guard, or guarded, one of the pods. */
  readonly bindings: ReadonlySet<string>;
}

export interface Targets {
  /** The store holds the new objects already. */
  apply(changes: readonly AppliedChange[]): Touched;
  /** By ascending id of the binding; empty for a pod that nothing guards, is over, or is not known. */
  guards(pod: string): readonly Guard[];
  podsOf(binding: string): ReadonlySet<string>;
  resolution(binding: string): Resolution | undefined;
  /** Bindings that share a target with this one, itself among them, whether there are pods or not. */
  sharing(binding: string): ReadonlySet<string>;
  /** Bindings that one of these objects was read for. */
  readersOf(kind: Kind, id: string): ReadonlySet<string>;
}

export interface AppliedChange {
  readonly change: ObjectChange | RouteApiChange;
  /** The pod that a change of a pod replaced. */
  readonly before: Pod | undefined;
}

/** Whether the Gateway API's kinds are installed. */
export interface RouteApiChange {
  readonly kind: 'RouteApi';
  readonly installed: boolean;
}

interface Chosen {
  readonly binding: string;
  readonly selection: Selection;
}

interface Entry {
  readonly namespace: string;
  readonly resolution: Resolution;
  readonly selectors: readonly SelectorEntry<Chosen>[];
}

interface Places {
  readonly pods: LabelIndex;
  readonly selectors: SelectorIndex<Chosen>;
}

const NONE: ReadonlySet<string> = new Set();
const NO_GUARDS: readonly Guard[] = [];
const ROUTE = /^(?:HTTP|GRPC)Route /;

export function createTargets(store: Store): Targets {
  const entries = new Map<string, Entry>();
  /** By object, the bindings that were resolved from it. */
  const readers: SetsByKey = new Map();
  const byTarget: SetsByKey = new Map();
  const guards = new Map<string, readonly Guard[]>();
  const podsByBinding: SetsByKey = new Map();
  const namespaces = new Map<string, Places>();
  let routeApi = false;

  const placesOf = (namespace: string): Places => {
    const known = namespaces.get(namespace);
    if (known !== undefined) return known;
    const made = { pods: createLabelIndex(), selectors: createSelectorIndex<Chosen>() };
    namespaces.set(namespace, made);
    return made;
  };

  const labelsOf = (id: string) => store.get('Pod', id)?.labels;

  const chosenPods = ({ namespace, resolution }: Entry): readonly string[] => {
    const { pods } = placesOf(namespace);
    return resolution.selections.flatMap(({ selector }) =>
      selector === undefined
        ? [...pods.all()].filter((id) => store.get('Pod', id)?.sidecars.validator === true)
        : pods.chosenBy(selector, labelsOf),
    );
  };

  const resolve = (id: string, binding: StoredBinding | undefined, pods: Set<string>): void => {
    const before = entries.get(id);
    const now = binding && entryOf(id, binding);
    move(readers, before?.resolution.reads ?? [], now?.resolution.reads ?? [], id);
    move(byTarget, before?.resolution.targets ?? [], now?.resolution.targets ?? [], id);
    if (before !== undefined) forgetSelectors(before);
    for (const pod of podsByBinding.get(id) ?? NONE) pods.add(pod);
    if (now === undefined) {
      entries.delete(id);
      return;
    }
    entries.set(id, now);
    for (const entry of now.selectors) placesOf(now.namespace).selectors.add(entry);
    for (const pod of chosenPods(now)) pods.add(pod);
  };

  const forgetSelectors = ({ namespace, selectors }: Entry): void => {
    for (const entry of selectors) placesOf(namespace).selectors.delete(entry);
  };

  const entryOf = (id: string, binding: StoredBinding): Entry => {
    const resolution = resolveTargets(binding, { get: store.get, routeApi });
    const selectors = resolution.selections.map((selection) => ({
      selector: selection.selector,
      value: { binding: id, selection },
    }));
    return { namespace: binding.metadata.namespace, resolution, selectors };
  };

  const guard = (id: string, bindings: Set<string>): void => {
    for (const { binding } of guards.get(id) ?? NO_GUARDS) {
      remove(podsByBinding, binding, id);
      bindings.add(binding);
    }
    const pod = store.get('Pod', id);
    const found = pod === undefined || isOver(pod) ? NO_GUARDS : guardsOf(pod);
    if (found.length === 0) guards.delete(id);
    else guards.set(id, found);
    for (const { binding } of found) {
      add(podsByBinding, binding, id);
      bindings.add(binding);
    }
  };

  const guardsOf = (pod: Pod): readonly Guard[] => {
    const { namespace } = pod.metadata;
    const chosen = placesOf(namespace).selectors.choosing(pod.labels, pod.sidecars.validator);
    if (chosen.length === 0) return NO_GUARDS;
    const capture = captureOf(pod, store.get('Namespace', namespace)?.marks);
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

  const finish = (stale: ReadonlySet<string>, pods: Set<string>): Touched => {
    for (const id of stale) resolve(id, store.get('ApiBinding', id), pods);
    const bindings = new Set(stale);
    for (const pod of pods) guard(pod, bindings);
    return { pods, resolved: stale, bindings };
  };

  const staleBindings = (change: AppliedChange['change']): Iterable<string> => {
    switch (change.kind) {
      case 'RouteApi':
        return [...readers].flatMap(([key, ids]) => (ROUTE.test(key) ? [...ids] : []));
      case 'ApiBinding':
        return [change.id];
      case 'Pod':
      case 'Namespace':
        return NONE;
      default:
        return readers.get(objectKey(change.kind, change.id)) ?? NONE;
    }
  };

  const note = (change: AppliedChange['change'], before: Pod | undefined, pods: Set<string>): void => {
    if (change.kind === 'RouteApi') routeApi = change.installed;
    else if (change.kind === 'Namespace') for (const pod of placesOf(change.id).pods.all()) pods.add(pod);
    else if (change.kind === 'Pod') {
      const { id, object } = change;
      if (before !== undefined) placesOf(before.metadata.namespace).pods.delete(id, before.labels);
      if (object !== undefined) placesOf(object.metadata.namespace).pods.set(id, object.labels);
      pods.add(id);
    }
  };

  return {
    apply(changes) {
      const stale = new Set<string>();
      const pods = new Set<string>();
      for (const { change, before } of changes) {
        note(change, before, pods);
        for (const binding of staleBindings(change)) stale.add(binding);
      }
      return finish(stale, pods);
    },
    guards: (pod) => guards.get(pod) ?? NO_GUARDS,
    podsOf: (binding) => podsByBinding.get(binding) ?? NONE,
    resolution: (binding) => entries.get(binding)?.resolution,
    sharing(binding) {
      const { targets = [] } = entries.get(binding)?.resolution ?? {};
      const shared = new Set([binding]);
      for (const target of targets) for (const other of byTarget.get(target) ?? NONE) shared.add(other);
      return shared;
    },
    readersOf: (kind, id) => readers.get(objectKey(kind, id)) ?? NONE,
  };
}
