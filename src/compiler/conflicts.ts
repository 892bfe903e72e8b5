/** Which bindings lose their hosts to an older one. */

import type { BindingFacts } from './binding-facts.ts';

/**
 * `ByHost`: all bindings guard one workload, as for a validator. `ByTarget`: only those that share a target
 * do, as for manifests that nobody has applied yet.
 */
export type ConflictScope = 'ByHost' | 'ByTarget';

export interface Contender {
  readonly facts: BindingFacts;
  /** Resolved; empty = any. */
  readonly hosts: readonly string[];
  /** Resolved; empty = any. */
  readonly ports: readonly number[];
}

/**
 * For each binding that has an exact host (or `any`) and a port in common with an older one: that older
 * one's id. `contenders` come oldest first. One that has lost holds nothing against those after it.
 */
export function findConflicts(
  contenders: readonly Contender[],
  scope: ConflictScope,
): ReadonlyMap<string, string> {
  const conflicts = new Map<string, string>();
  const holders = new Map<string, readonly Contender[]>();
  for (const contender of contenders) {
    const places = placesOf(contender, scope);
    const holder = findHolder(holders, places, contender.ports);
    if (holder !== undefined) {
      conflicts.set(contender.facts.id, holder.facts.id);
      continue;
    }
    const alone = [contender];
    for (const place of places) {
      const held = holders.get(place);
      holders.set(place, held === undefined ? alone : [...held, contender]);
    }
  }
  return conflicts;
}

function findHolder(
  holders: ReadonlyMap<string, readonly Contender[]>,
  places: readonly string[],
  ports: readonly number[],
): Contender | undefined {
  for (const place of places) {
    const holder = holders.get(place)?.find((other) => portsOverlap(other.ports, ports));
    if (holder !== undefined) return holder;
  }
  return undefined;
}

const ANY_HOST = [''];

function placesOf({ hosts, facts }: Contender, scope: ConflictScope): readonly string[] {
  const names = hosts.length > 0 ? hosts : ANY_HOST;
  if (scope === 'ByHost') return names;
  return facts.targets.flatMap((target) => names.map((host) => `${target} ${host}`));
}

function portsOverlap(a: readonly number[], b: readonly number[]): boolean {
  return a.length === 0 || b.length === 0 || a.some((port) => b.includes(port));
}
