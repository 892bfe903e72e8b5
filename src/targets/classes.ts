/**
 * Classes of pods that the same selectors choose, and that have the same guards: guards are computed once for each class.
 * Labels that no selector reads make no difference, such as the name that each pod of a StatefulSet has as one.
 */

import { add, remove, type SetsByKey } from '../base/sets-by-key.ts';
import type { Pod } from '../cluster/objects.ts';
import { CAPTURE_ANNOTATION, MOVED_PORTS_ANNOTATION } from '../injection/layout.ts';
import { type Choice, type Chosen, createGroups, type Groups } from './groups.ts';
import { type Guard, isOver } from './guards.ts';
import { createNumbers } from './numbers.ts';

export interface PodClass {
  readonly key: string;
  readonly namespace: string;
  readonly choices: ReadonlySet<Choice>;
  /** Ids of the class's pods; empty when the class is gone. */
  readonly pods: ReadonlySet<string>;
  /** By ascending id of the binding; a list of its own. */
  guards: readonly Guard[];
}

interface Row extends PodClass {
  readonly pods: Set<string>;
  /** The first of them by id; undefined when it is to be looked for. */
  first: string | undefined;
}

export interface PodClasses extends Pick<Groups, 'use' | 'release' | 'choosing'> {
  /** The pod has changed, or is gone. */
  note(id: string): void;
  /** Puts each pod into its class, by the pods and selectors of now. */
  settle(): SettledPods;
  of(id: string): PodClass | undefined;
  in(namespace: string): Iterable<PodClass>;
  /** The classes that one of these choices chooses now, each once. */
  chosenBy(choices: readonly Choice[]): ReadonlySet<PodClass>;
  /** The pods of these classes. Mostly the very same set for the same choices, until pods or selectors change. */
  podsOf(choices: readonly Choice[]): ReadonlySet<string>;
  /** The pod that messages name: always the same one, whatever the order in which pods came. */
  firstOf(row: PodClass): string;
}

export interface SettledPods {
  /** Pods that are in another class now, or in none. */
  readonly pods: ReadonlySet<string>;
  /** Classes that lost a pod, got one, or have one that has changed. */
  readonly touched: ReadonlySet<PodClass>;
  /** Those of `touched` that are new, each with the guards of the class that its first pod comes from. */
  readonly fresh: ReadonlySet<PodClass>;
}

const NO_ROWS: ReadonlySet<Row> = new Set();
/** Kept sets of pods of several classes. */
const MOST_UNIONS = 16;

export function createPodClasses(podAt: (id: string) => Pod | undefined): PodClasses {
  const groups = createGroups();
  const rows = new Map<string, Row>();
  const rowOf = new Map<string, Row>();
  const byNamespace: SetsByKey<Row> = new Map();
  const byChoice: SetsByKey<Row, Choice> = new Map();
  const noted = new Set<string>();
  const unions = new Map<string, ReadonlySet<string>>();
  const numberOf = createNumbers();

  const keyOf = (pod: Pod, chosen: Chosen): string => {
    const { metadata, ports, unjudgedPorts, sidecars, marks, ownEnvoy } = pod;
    return JSON.stringify([
      ...[metadata.namespace, chosen.key, numberOf(ports), numberOf(unjudgedPorts), numberOf(sidecars)],
      ...[marks[CAPTURE_ANNOTATION], marks[MOVED_PORTS_ANNOTATION], ownEnvoy],
    ]);
  };

  const makeRow = (key: string, namespace: string, { choices }: Chosen, guards: readonly Guard[]): Row => {
    const pods = new Set<string>();
    const made: Row = { key, namespace, choices: new Set(choices), pods, guards, first: undefined };
    rows.set(key, made);
    add(byNamespace, namespace, made);
    for (const choice of choices) add(byChoice, choice, made);
    return made;
  };

  const leave = (id: string, row: Row): void => {
    rowOf.delete(id);
    row.pods.delete(id);
    if (row.first === id) row.first = undefined;
    if (row.pods.size > 0) return;
    rows.delete(row.key);
    remove(byNamespace, row.namespace, row);
    for (const choice of row.choices) remove(byChoice, choice, row);
  };

  const enter = (id: string, row: Row): void => {
    rowOf.set(id, row);
    row.pods.add(id);
    if (row.first !== undefined && id < row.first) row.first = id;
  };

  /** Of a pod whose containers have ended there is nothing left to guard. */
  const liveAt = (id: string): Pod | undefined => {
    const pod = podAt(id);
    return pod === undefined || isOver(pod) ? undefined : pod;
  };

  const place = (id: string, pod: Pod | undefined, settled: Unsettled): void => {
    const from = rowOf.get(id);
    if (from !== undefined) settled.touched.add(from);
    const chosen = pod && groups.chosen(id, pod);
    const key = pod && chosen && keyOf(pod, chosen);
    if (key === from?.key) return;
    settled.pods.add(id);
    if (from !== undefined) leave(id, from);
    if (pod === undefined || chosen === undefined || key === undefined) return;
    const known = rows.get(key);
    const to = known ?? makeRow(key, pod.metadata.namespace, chosen, [...(from?.guards ?? [])]);
    if (known === undefined) settled.fresh.add(to);
    enter(id, to);
    settled.touched.add(to);
  };

  const chosenBy = (choices: readonly Choice[]): ReadonlySet<Row> => {
    const [only, ...others] = choices.flatMap((choice) => byChoice.get(choice) ?? []);
    if (others.length === 0) return only ?? NO_ROWS;
    return new Set([only ?? NO_ROWS, ...others].flatMap((found) => [...found]));
  };

  const podsOf = (choices: readonly Choice[]): ReadonlySet<string> => {
    const found = chosenBy(choices);
    const [only] = found;
    if (only !== undefined && found.size === 1) return only.pods;
    const key = choices.map(({ number }) => number).join();
    const known = unions.get(key);
    if (known !== undefined) return known;
    const pods = new Set([...found].flatMap((row) => [...row.pods]));
    if (unions.size >= MOST_UNIONS) unions.clear();
    unions.set(key, pods);
    return pods;
  };

  const firstOf = (row: Row): string => {
    if (row.first === undefined) {
      for (const id of row.pods) if (row.first === undefined || id < row.first) row.first = id;
    }
    return row.first ?? '';
  };

  return {
    use: groups.use,
    release: groups.release,
    choosing: groups.choosing,
    note: (id) => void noted.add(id),
    settle() {
      unions.clear();
      const settled: Unsettled = { pods: new Set(), touched: new Set(), fresh: new Set() };
      for (const id of noted) groups.move(id, liveAt(id));
      for (const id of noted) place(id, liveAt(id), settled);
      for (const id of groups.takeStale()) if (!noted.has(id)) place(id, liveAt(id), settled);
      noted.clear();
      return settled;
    },
    of: (id) => rowOf.get(id),
    in: (namespace) => byNamespace.get(namespace) ?? NO_ROWS,
    chosenBy,
    podsOf,
    firstOf({ key }) {
      const row = rows.get(key);
      return row === undefined ? '' : firstOf(row);
    },
  };
}

interface Unsettled extends SettledPods {
  readonly pods: Set<string>;
  readonly touched: Set<PodClass>;
  readonly fresh: Set<PodClass>;
}
