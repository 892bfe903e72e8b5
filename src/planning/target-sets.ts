/** Sets for bindings without pods, so that they are judged too: each with the bindings that share a target with it. */

import { add, remove } from '../base/sets-by-key.ts';
import type { Store } from '../cluster/store.ts';
import type { Targets } from '../targets/targets.ts';
import { targetMembers } from './members.ts';
import type { PolicySets } from './sets.ts';

export interface TargetSets {
  /** `resolved` have other targets, perhaps; `touched` gained or lost pods, perhaps. */
  refresh(resolved: ReadonlySet<string>, touched: ReadonlySet<string>): void;
}

const NONE: ReadonlySet<string> = new Set();

export function createTargetSets(sets: PolicySets, targets: Targets, store: Store): TargetSets {
  /** By key: the bindings without pods for which the set is there. */
  const owners = new Map<string, Set<string>>();
  const keys = new Map<string, string>();
  const keysByTarget = new Map<string, Set<string>>();
  const targetsOf = new Map<string, readonly string[]>();

  const wantedKey = (binding: string): string | undefined => {
    if (store.get('ApiBinding', binding)?.kind !== 'typed' || targets.hasPods(binding)) return undefined;
    return `targets ${[...(targets.resolution(binding)?.targets ?? [])].sort().join(' ')}`;
  };

  /** Collects the sets that may have other members now. */
  const note = (binding: string, isResolved: boolean, stale: Set<string>): void => {
    const before = keys.get(binding);
    const now = wantedKey(binding);
    if (before === now && !isResolved) return;
    const named = targets.resolution(binding)?.targets ?? [];
    for (const target of [...(targetsOf.get(binding) ?? []), ...named]) {
      for (const key of keysByTarget.get(target) ?? NONE) stale.add(key);
    }
    if (before !== undefined) disown(binding, before);
    if (named.length === 0) targetsOf.delete(binding);
    else targetsOf.set(binding, named);
    if (now === undefined) return;
    keys.set(binding, now);
    stale.add(now);
    add(owners, now, binding);
    for (const target of named) add(keysByTarget, target, now);
  };

  const disown = (binding: string, key: string): void => {
    keys.delete(binding);
    remove(owners, key, binding);
    if (owners.has(key)) return;
    for (const target of targetsOf.get(binding) ?? []) remove(keysByTarget, target, key);
  };

  return {
    refresh(resolved, touched) {
      const stale = new Set<string>();
      for (const binding of resolved) note(binding, true, stale);
      for (const binding of touched) if (!resolved.has(binding)) note(binding, false, stale);
      for (const key of stale) {
        const [owner] = owners.get(key) ?? NONE;
        if (owner === undefined) sets.delete(key);
        else sets.put(key, targetMembers(targets.sharing(owner), targets.resolution));
      }
    },
  };
}
