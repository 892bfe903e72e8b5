/** Finds the bindings that lose a host to an older binding, or the decision on how a port is spoken. */

import { partition } from '../base/partition.ts';
import type { CheckedBinding } from './binding-facts.ts';

/**
 * `ByHost`: all bindings guard one workload, as for a validator. `ByTarget`: only those that share a target
 * do, as for manifests that have not been applied yet.
 */
export type ConflictScope = 'ByHost' | 'ByTarget';

export interface Contender {
  readonly facts: CheckedBinding;
  /** Resolved; empty = any. */
  readonly hosts: readonly string[];
  /** Resolved; empty = any. */
  readonly ports: readonly number[];
  /** At a gateway the keys of its routes: who has other routes takes no host away there. Absent elsewhere. */
  readonly routes?: readonly string[];
}

/**
 * Of the older binding, namespace/name; and what the two disagree on, where it is no host: the port, or that both serve
 * metadata at one place.
 */
export type Conflict = readonly [older: string] | readonly [older: string, on: number | 'metadata'];

/**
 * For each binding that has an exact host (or `any`) and a port in common with an older one, or says of a port that it
 * is spoken otherwise, or serves metadata at the same place: that older one. `contenders` come oldest first. One that has lost holds nothing against those after it.
 *
 * Trials share hosts with bindings that decide, and conflict with each other alone. How a port is spoken, the bindings
 * that decide say first, whatever their age.
 */
export function findConflicts(
  contenders: readonly Contender[],
  scope: ConflictScope,
): ReadonlyMap<string, Conflict> {
  const conflicts = new Map<string, Conflict>();
  const holders = new Map<string, readonly Contender[]>();
  const servers = new Map<string, readonly Contender[]>();
  /** What the oldest that says it says of a port. */
  const words = new Map<string, { readonly id: string; readonly how: string }>();
  const [trials, deciding] = partition(contenders, ({ facts }) => facts.isTrial);
  for (const contender of [...deciding, ...trials]) {
    const places = placesOf(contender, scope).map((place) =>
      contender.facts.isTrial ? `trial ${place}` : place,
    );
    const holder = findHolder(holders, places, contender.ports);
    if (holder !== undefined) {
      conflicts.set(contender.facts.id, [holder.facts.id]);
      continue;
    }
    const said = saidOf(contender, scope);
    const other = said.find(({ place, how }) => words.get(place)?.how !== how && words.has(place));
    if (other !== undefined) {
      const { id = '' } = words.get(other.place) ?? {};
      conflicts.set(contender.facts.id, [id, other.port]);
      continue;
    }
    const served = servedAt(contender, scope);
    const server = findHolder(servers, served, contender.ports);
    if (server !== undefined) {
      conflicts.set(contender.facts.id, [server.facts.id, 'metadata']);
      continue;
    }
    for (const { place, how } of said) {
      if (!words.has(place)) words.set(place, { id: contender.facts.id, how });
    }
    hold(holders, places, contender);
    hold(servers, served, contender);
  }
  return conflicts;
}

/** Ids of Trials that share no target with a binding that decides. */
export function trialsAlone(contenders: readonly Contender[]): ReadonlySet<string> {
  const [trials, deciding] = partition(contenders, ({ facts }) => facts.isTrial);
  const targets = new Set(deciding.flatMap(({ facts }) => facts.targets));
  const alone = trials.filter(({ facts }) => !facts.targets.some((target) => targets.has(target)));
  return new Set(alone.map(({ facts: { id } }) => id));
}

function hold(
  holders: Map<string, readonly Contender[]>,
  places: readonly string[],
  contender: Contender,
): void {
  const alone = [contender];
  for (const place of places) {
    const held = holders.get(place);
    holders.set(place, held === undefined ? alone : [...held, contender]);
  }
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

function placesOf({ hosts, facts, routes }: Contender, scope: ConflictScope): readonly string[] {
  const names = hosts.length > 0 ? hosts : ANY_HOST;
  if (routes !== undefined) return routes.flatMap((route) => names.map((host) => `${route} ${host}`));
  if (scope === 'ByHost') return names;
  return facts.targets.flatMap((target) => names.map((host) => `${target} ${host}`));
}

interface Said {
  readonly place: string;
  readonly port: number;
  readonly how: string;
}

/** A pod has one Envoy, which can speak to a port in one way alone. At a gateway no port is named. */
function saidOf({ facts, ports }: Contender, scope: ConflictScope): readonly Said[] {
  const places = scope === 'ByHost' ? [''] : facts.targets;
  return facts.spoken
    .filter(({ port }) => ports.includes(port))
    .flatMap(({ port, how }) => places.map((place) => ({ place: `${place} ${port}`, port, how })));
}

/**
 * Of another namespace's binding at a shared gateway nothing is taken away: the route that matches decides who answers.
 */
function servedAt({ facts }: Contender, scope: ConflictScope): readonly string[] {
  if (facts.metadata === undefined) return [];
  const { host, path } = facts.metadata;
  const place = `${facts.isTrial ? 'trial ' : ''}${facts.namespace} ${host}${path}`;
  return scope === 'ByHost' ? [place] : facts.targets.map((target) => `${target} ${place}`);
}

function portsOverlap(a: readonly number[], b: readonly number[]): boolean {
  return a.length === 0 || b.length === 0 || a.some((port) => b.includes(port));
}
