/** Which pod has which set of bindings. */

import { add, remove } from '../base/sets-by-key.ts';
import type { Targets } from '../targets/targets.ts';
import { podMembers } from './members.ts';
import type { PolicySets } from './sets.ts';

export interface PodSets {
  /** Looks at these pods again. Returns those that have another set now, or none any more. */
  assign(pods: Iterable<string>): ReadonlySet<string>;
  keyOf(pod: string): string | undefined;
  podsOf(key: string): ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

export function createPodSets(sets: PolicySets, targets: Pick<Targets, 'guards'>): PodSets {
  const keys = new Map<string, string>();
  const pods = new Map<string, Set<string>>();

  const move = (pod: string): boolean => {
    const guards = targets.guards(pod);
    const before = keys.get(pod);
    const { key, members } = podMembers(guards);
    const now = guards.length === 0 ? undefined : key;
    if (now === before) return false;
    if (now !== undefined) {
      if (!sets.has(now)) sets.put(now, members());
      keys.set(pod, now);
      add(pods, now, pod);
    } else {
      keys.delete(pod);
    }
    if (before !== undefined) {
      remove(pods, before, pod);
      if (!pods.has(before)) sets.delete(before);
    }
    return true;
  };

  return {
    assign(ids) {
      const moved = new Set<string>();
      for (const id of ids) if (move(id)) moved.add(id);
      return moved;
    },
    keyOf: (pod) => keys.get(pod),
    podsOf: (key) => pods.get(key) ?? NONE,
  };
}
