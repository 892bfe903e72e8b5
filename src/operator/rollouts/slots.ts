/** Whose turn it is to be restarted: few at a time, fewer of one namespace, and the namespaces in turn. */

import { keepNewest } from '../../base/newest.ts';
import { titleOf, type WorkloadReference } from './wishes.ts';

export interface Slots {
  /** Whether it may be looked at now, which uses up its namespace's turn. Where not, it waits until it asks again. */
  take(workload: WorkloadReference): boolean;
  /** Its restart has begun. */
  begin(workload: WorkloadReference): void;
  isUnderWay(title: string): boolean;
  /** It is restarted, or need not be. */
  free(title: string): void;
}

/** Restarts that are under way at the same time; one that does not come to its end no longer counts after a while. */
const MOST = 5;
const STUCK = 600_000;
/** Of one namespace, so that a tenant whose workloads are stuck leaves slots to the others. */
const MOST_OF_NAMESPACE = 2;
/** Between two restarts: an upgrade of the control plane may restart all workloads of a cluster. */
const GAP = 2000;
/** Namespaces of which it is remembered that they had their turn. */
const REMEMBERED = 10_000;

/** @param now milliseconds of the monotonic clock */
export function createSlots(now: () => number): Slots {
  const underWay = new Map<string, { readonly namespace: string; readonly since: number }>();
  /** Titles by namespace. */
  const waiting = new Map<string, Set<string>>();
  /** Namespaces that have had their turn, the latest last. */
  const served = new Set<string>();
  let last = Number.NEGATIVE_INFINITY;

  const isFull = (namespace: string): boolean =>
    [...underWay.values()].filter((slot) => slot.namespace === namespace).length >= MOST_OF_NAMESPACE;
  const isAble = (namespace: string): boolean => waiting.has(namespace) && !isFull(namespace);

  /** Of those that wait and may: one that has had no turn yet, else that whose turn is longest ago. */
  const next = (): string | undefined =>
    [...waiting.keys()].find((namespace) => !served.has(namespace) && isAble(namespace)) ??
    [...served].find(isAble);

  const wait = (title: string, namespace: string): void => {
    const titles = waiting.get(namespace) ?? new Set();
    waiting.set(namespace, titles.add(title));
  };

  const leave = (title: string): void => {
    for (const [namespace, titles] of waiting) {
      if (titles.delete(title) && titles.size === 0) waiting.delete(namespace);
    }
  };

  return {
    take(workload) {
      const title = titleOf(workload);
      const { namespace } = workload;
      for (const [of, { since }] of underWay) if (now() - since > STUCK) underWay.delete(of);
      wait(title, namespace);
      if (underWay.size >= MOST || now() - last < GAP) return false;
      if (isFull(namespace) || next() !== namespace) return false;
      leave(title);
      served.delete(namespace);
      served.add(namespace);
      keepNewest(served, REMEMBERED);
      return true;
    },
    begin(workload) {
      last = now();
      underWay.set(titleOf(workload), { namespace: workload.namespace, since: last });
    },
    isUnderWay: (title) => underWay.has(title),
    free(title) {
      underWay.delete(title);
      leave(title);
    },
  };
}
