/** Collects what changes affect, and returns it when the affected sets are compiled, so that reading them is cheap. */

import type { AppliedChange } from '../targets/applied-changes.ts';
import type { GatewaySets } from './gateway-sets.ts';
import type { PodSets } from './pod-sets.ts';
import type { References } from './references.ts';
import type { PolicySets } from './sets.ts';

/** By id, what may be another than before; subscribers compare. */
export interface Effects {
  /** Pods with another policy, or another one to have. */
  readonly pods: ReadonlySet<string>;
  readonly gateways: ReadonlySet<string>;
  /** Bindings whose status may be another. */
  readonly bindings: ReadonlySet<string>;
  /** Sources whose status may be another. */
  readonly sources: ReadonlySet<string>;
  /** Plans to fetch keys by have changed. */
  readonly plans: boolean;
}

/** What changes that are applied together have been found to touch so far. */
export interface Affected {
  readonly applied: AppliedChange[];
  /** Their status is to be looked at. */
  readonly bindings: Set<string>;
  /** To be compiled anew. */
  readonly sources: Set<string>;
  /** Of which nothing but the fetched keys has changed. */
  readonly rekeyed: Set<string>;
  /** Their status alone is to be looked at. */
  readonly usedSources: Set<string>;
}

export const nothingAffected = (): Affected => ({
  applied: [],
  bindings: new Set(),
  sources: new Set(),
  rekeyed: new Set(),
  usedSources: new Set(),
});

export interface EffectsInTurns {
  /** Holds these back until all sets are compiled: a look at one of them may read any set. */
  add(bindings: Iterable<string>, sources: Iterable<string>): void;
  /** Compiles until it has cost so much, in rules. Returns what has changed by that, with these pods. */
  compile(pods: Iterable<string>, plans: boolean, most: number): Effects;
}

const NONE: ReadonlySet<string> = new Set();

export function createEffects(
  sets: Pick<PolicySets, 'compile' | 'isBehind'>,
  podSets: Pick<PodSets, 'podsOf'>,
  gatewaySets: Pick<GatewaySets, 'gatewayOf'>,
  references: Pick<References, 'sourcesOf'>,
): EffectsInTurns {
  let bindings = new Set<string>();
  let sources = new Set<string>();
  return {
    add(moreBindings, moreSources) {
      for (const binding of moreBindings) bindings.add(binding);
      for (const source of moreSources) sources.add(source);
    },
    compile(moved, plans, most) {
      const compiled = sets.compile(most);
      const pods = new Set(moved);
      const gateways = new Set<string>();
      for (const key of compiled.sets) {
        for (const pod of podSets.podsOf(key)) pods.add(pod);
        const gateway = gatewaySets.gatewayOf(key);
        if (gateway !== undefined) gateways.add(gateway);
      }
      for (const binding of compiled.bindings) {
        for (const source of references.sourcesOf(binding)) sources.add(source);
      }
      if (sets.isBehind()) return { pods, gateways, bindings: compiled.bindings, sources: NONE, plans };
      const all = { pods, gateways, bindings: bindings.union(compiled.bindings), sources, plans };
      bindings = new Set();
      sources = new Set();
      return all;
    },
  };
}
