/** Pods that differ in nothing that guards, and how they stand to them, are told from: worked out once for all of them. */

import { CAPTURE_ANNOTATION, MOVED_PORTS_ANNOTATION } from '../../injection/layout.ts';
import type { Labels } from '../../resources/selectors.ts';
import type { Pod } from '../cluster/objects.ts';
import { type Guard, isOver } from './guards.ts';

export interface PodClass {
  readonly key: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly hasValidator: boolean;
  /** Ids; none any more when the class is gone. */
  readonly pods: ReadonlySet<string>;
  /** By ascending id of the binding. */
  guards: readonly Guard[];
}

interface Row extends PodClass {
  readonly pods: Set<string>;
  /** The first of them by id; undefined when it is to be looked for. */
  first: string | undefined;
}

export interface Move {
  readonly from: PodClass | undefined;
  readonly to: PodClass | undefined;
  /** No pod was in it before: it has no guards yet. */
  readonly isNew: boolean;
}

export interface PodClasses {
  /** The pod as it is now; undefined when it is gone. */
  move(id: string, pod: Pod | undefined): Move;
  of(id: string): PodClass | undefined;
  get(key: string): PodClass | undefined;
  /** The pod that messages name: always the same one, whatever the order in which pods came. */
  firstOf(row: PodClass): string;
}

export function createPodClasses(): PodClasses {
  const rows = new Map<string, Row>();
  const byPod = new Map<string, Row>();
  const numbers = new WeakMap<object, number>();
  let last = 0;

  /** Objects of equal content are mostly one: see `Sharing`. Where they are not, there are two classes for one. */
  const numberOf = (object: object): number => {
    const known = numbers.get(object);
    if (known !== undefined) return known;
    last += 1;
    numbers.set(object, last);
    return last;
  };

  const keyOf = ({ metadata, labels, ports, unjudgedPorts, sidecars, marks, ownEnvoy }: Pod): string =>
    JSON.stringify([
      ...[metadata.namespace, numberOf(labels), numberOf(ports), numberOf(unjudgedPorts), numberOf(sidecars)],
      ...[marks[CAPTURE_ANNOTATION], marks[MOVED_PORTS_ANNOTATION], ownEnvoy],
    ]);

  const rowFor = (key: string, { metadata, labels, sidecars }: Pod): Row => {
    const known = rows.get(key);
    if (known !== undefined) return known;
    const made: Row = {
      ...{ key, namespace: metadata.namespace, labels, hasValidator: sidecars.validator },
      ...{ pods: new Set(), guards: [], first: undefined },
    };
    rows.set(key, made);
    return made;
  };

  const leave = (id: string, row: Row): void => {
    byPod.delete(id);
    row.pods.delete(id);
    if (row.first === id) row.first = undefined;
    if (row.pods.size === 0) rows.delete(row.key);
  };

  return {
    move(id, pod) {
      const from = byPod.get(id);
      // Of a pod whose containers have ended there is nothing left to guard.
      const key = pod === undefined || isOver(pod) ? undefined : keyOf(pod);
      if (key === from?.key) return { from, to: from, isNew: false };
      if (from !== undefined) leave(id, from);
      if (key === undefined || pod === undefined) return { from, to: undefined, isNew: false };
      const to = rowFor(key, pod);
      const isNew = to.pods.size === 0;
      to.pods.add(id);
      if (to.first !== undefined && id < to.first) to.first = id;
      byPod.set(id, to);
      return { from, to, isNew };
    },
    of: (id) => byPod.get(id),
    get: (key) => rows.get(key),
    firstOf({ key }) {
      const row = rows.get(key);
      if (row === undefined) return '';
      if (row.first === undefined) {
        for (const id of row.pods) if (row.first === undefined || id < row.first) row.first = id;
      }
      return row.first ?? '';
    },
  };
}
