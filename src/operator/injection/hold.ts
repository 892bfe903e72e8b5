/**
 * Keeps back the answer about a pod that nothing targets while its workload is new: the file that brought the workload
 * may bring the binding a moment later, and a pod that was let in by then would stay open.
 */

import { type Clock, sleep } from '../../base/clock.ts';
import type { Outcome } from '../../kubernetes/errors.ts';
import type { PodCandidate } from './candidate.ts';
import { guardsOf } from './guards.ts';
import type { NewnessOf } from './newness.ts';
import type { NamespaceSurroundings, ReadNamespace } from './surroundings.ts';

export interface HoldParts {
  readonly reading: ReadNamespace;
  readonly newness: NewnessOf;
  readonly clock: Clock;
}

/**
 * What the pod is to be judged by; at once where something targets it, or nothing can be hoped for.
 *
 * @param arrived when the review came, on the monotonic clock.
 */
export type Hold = (
  candidate: PodCandidate,
  first: NamespaceSurroundings,
  arrived: number,
) => Promise<NamespaceSurroundings>;

/** Milliseconds between two looks. All pods of a namespace that are held share them. */
const INTERVAL = 250;
/** Milliseconds after the arrival: no look is begun later, and none is waited for. The API server gives up after 3 s. */
const LAST_LOOK = 1800;
const LATEST = 2200;
/**
 * Reviews that are held at a time; beyond it pods are let in as they come. A controller has few workers, five mostly,
 * and each waits for the answer: workloads of unknown age must not keep all of them waiting, one after another.
 */
const MOST = { dated: 100, undated: 2 } as const;

export function createHold({ reading, newness, clock }: HoldParts): Hold {
  const looks = new Map<string, Promise<Outcome<NamespaceSurroundings>>>();
  const held = { dated: 0, undated: 0 };

  const nextLook = (namespace: string): Promise<Outcome<NamespaceSurroundings>> => {
    const waiting = looks.get(namespace);
    if (waiting !== undefined) return waiting;
    const look = sleep(clock, INTERVAL).then(() => {
      looks.delete(namespace);
      return reading(namespace);
    });
    looks.set(namespace, look);
    return look;
  };

  const lookUntil = async (
    candidate: PodCandidate,
    first: NamespaceSurroundings,
    end: number,
    late: Promise<undefined>,
  ): Promise<NamespaceSurroundings> => {
    const { namespace } = candidate.pod.metadata;
    let latest = first;
    while (clock.monotonic() < end) {
      const look = await Promise.race([nextLook(namespace), late]);
      if (look === undefined) break;
      // One that fails leaves the answer that there would have been without it.
      if (look.kind === 'ok') latest = look.value;
      if (isTargeted(candidate, latest)) break;
    }
    return latest;
  };

  return async (candidate, first, arrived) => {
    const { label, owner } = candidate;
    // A client that creates a pod without a controller waits for the answer before it sends anything else.
    if (label !== undefined || owner === undefined || isTargeted(candidate, first)) return first;
    const { until, isDated } = await newness(candidate, owner);
    const end = Math.min(until, arrived + LAST_LOOK);
    const group = isDated ? 'dated' : 'undated';
    if (clock.monotonic() >= end || held[group] >= MOST[group]) return first;
    held[group] += 1;
    const late = Promise.withResolvers<undefined>();
    const cancel = clock.after(arrived + LATEST - clock.monotonic(), () => late.resolve(undefined));
    try {
      return await lookUntil(candidate, first, end, late.promise);
    } finally {
      cancel();
      held[group] -= 1;
    }
  };
}

function isTargeted({ pod }: PodCandidate, surroundings: NamespaceSurroundings): boolean {
  const { certain, possible } = guardsOf(pod, surroundings);
  return certain.length + possible.length > 0;
}
