/** What changes have touched: gathered from lot to lot of compiling, and told when it costs nothing to look at. */

import type { GatewaySets } from './gateway-sets.ts';
import type { PodSets } from './pod-sets.ts';
import type { References } from './references.ts';
import type { PolicySets } from './sets.ts';

/** By id, what may be another than before; whoever looks compares. */
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

export interface Lots {
  /** Whoever looks at one of these may ask for any set: they are told of when all are compiled. */
  later(bindings: Iterable<string>, sources: Iterable<string>): void;
  /** Compiles until it has cost so much; these pods are told of with it. */
  next(pods: Iterable<string>, plans: boolean, most: number): Effects;
}

const NONE: ReadonlySet<string> = new Set();

export function createLots(
  sets: Pick<PolicySets, 'compile' | 'isBehind'>,
  podSets: Pick<PodSets, 'podsOf'>,
  gatewaySets: Pick<GatewaySets, 'gatewayOf'>,
  references: Pick<References, 'sourcesOf'>,
): Lots {
  let bindings = new Set<string>();
  let sources = new Set<string>();
  return {
    later(moreBindings, moreSources) {
      for (const binding of moreBindings) bindings.add(binding);
      for (const source of moreSources) sources.add(source);
    },
    next(moved, plans, most) {
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
