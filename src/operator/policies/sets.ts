/**
 * The distinct sets of bindings, each compiled once for all the pods that have it: when its turn comes, or before, when
 * somebody asks for it. So nobody ever sees an older one than the changes make.
 */

import type { BindingResult } from '../../compiler/compile.ts';
import { keysChecked } from '../../compiler/policy-update.ts';
import type { Policy, PolicyUpdate, SourcePolicy } from '../../policy/policy.ts';
import { policyVersion } from '../../policy/version.ts';
import { add, remove } from '../targets/sets-by-key.ts';
import {
  type CompileContext,
  type CompiledSet,
  compileSet,
  type SetMember,
  type UnboundHosts,
} from './compile-set.ts';

/** What has changed since it was told last. */
export interface Recompiled {
  /** Keys of the sets that have another policy. */
  readonly sets: ReadonlySet<string>;
  /** Bindings of those, and those with another outcome. */
  readonly bindings: ReadonlySet<string>;
}

export interface PolicySets {
  /** Makes the set, or gives it other members. */
  put(key: string, members: readonly SetMember[], unbound?: readonly UnboundHosts[]): void;
  has(key: string): boolean;
  delete(key: string): void;
  /** Every set with this binding is to be compiled anew. */
  touch(binding: string): void;
  /**
   * Puts a source with other keys in the place of the one before, in every set with one of these bindings: keys
   * change nothing else, and a source can be in all sets.
   */
  rekey(bindings: Iterable<string>, source: SourcePolicy): void;
  /** Compiles so many of those that have been touched. */
  compile(most: number): Recompiled;
  /** Some have been touched, and not compiled yet. */
  isBehind(): boolean;
  /** With the times of the keys' last good fetches as they are now. */
  update(key: string | undefined): PolicyUpdate | undefined;
  version(key: string | undefined): string | undefined;
  /** Of the binding in each set that has it, in the order of the sets' keys. */
  results(binding: string): readonly BindingResult[];
  size(): number;
}

interface PolicySet {
  readonly members: readonly SetMember[];
  readonly unbound: readonly UnboundHosts[];
  compiled: CompiledSet | undefined;
}

const NONE: ReadonlySet<string> = new Set();

export function createPolicySets(context: CompileContext): PolicySets {
  const sets = new Map<string, PolicySet>();
  const byBinding = new Map<string, Set<string>>();
  /** To be compiled. */
  const stale = new Set<string>();
  /** To be told of: sets with another policy, and bindings whose outcome may be another one. */
  let changed = new Set<string>();
  let judged = new Set<string>();

  const unlink = (key: string, { members }: PolicySet): void => {
    for (const { binding } of members) {
      remove(byBinding, binding, key);
      judged.add(binding);
    }
  };

  const keysWith = (bindings: Iterable<string>): ReadonlySet<string> => {
    const keys = new Set<string>();
    for (const binding of bindings) for (const key of byBinding.get(binding) ?? NONE) keys.add(key);
    return keys;
  };

  const membersOf = (key: string): readonly SetMember[] => sets.get(key)?.members ?? [];

  const renew = (set: PolicySet, key: string): void => {
    stale.delete(key);
    const before = set.compiled;
    const now = compileSet(set.members, set.unbound, context, before?.policy);
    set.compiled = now;
    for (const { binding } of set.members) {
      if (!sameResult(now.results.get(binding), before?.results.get(binding))) judged.add(binding);
    }
    if (before?.policy !== now.policy || !sameSecrets(before, now)) changed.add(key);
  };

  /** As the changes so far make it. */
  const compiledAt = (key: string | undefined): CompiledSet | undefined => {
    const set = key === undefined ? undefined : sets.get(key);
    if (key === undefined || set === undefined) return undefined;
    if (stale.has(key)) renew(set, key);
    return set.compiled;
  };

  return {
    put(key, members, unbound = []) {
      const before = sets.get(key);
      if (before !== undefined) unlink(key, before);
      sets.set(key, { members, unbound, compiled: before?.compiled });
      for (const { binding } of members) add(byBinding, binding, key);
      stale.add(key);
    },
    has: (key) => sets.has(key),
    delete(key) {
      const set = sets.get(key);
      if (set !== undefined) unlink(key, set);
      sets.delete(key);
      stale.delete(key);
      changed.delete(key);
    },
    touch(binding) {
      for (const key of byBinding.get(binding) ?? NONE) stale.add(key);
    },
    rekey(bindings, source) {
      for (const key of keysWith(bindings)) {
        const set = sets.get(key);
        if (set?.compiled === undefined || stale.has(key)) continue;
        const policy = withSource(set.compiled.policy, source);
        if (policy === set.compiled.policy) continue;
        set.compiled = { ...set.compiled, policy };
        changed.add(key);
      }
    },
    compile(most) {
      for (const key of [...stale.values().take(most)]) compiledAt(key);
      for (const key of changed) for (const { binding } of membersOf(key)) judged.add(binding);
      const told = { sets: changed, bindings: judged };
      changed = new Set();
      judged = new Set();
      return told;
    },
    isBehind: () => stale.size > 0,
    update(key) {
      const compiled = compiledAt(key);
      if (compiled === undefined) return undefined;
      const { policy, secrets } = compiled;
      return { policy, secrets, keysChecked: keysChecked(policy.sources, context.keySets) };
    },
    version: (key) => compiledAt(key)?.policy.version,
    results: (binding) =>
      [...(byBinding.get(binding) ?? NONE)]
        .sort()
        .flatMap((key) => compiledAt(key)?.results.get(binding) ?? []),
    size: () => sets.size,
  };
}

function withSource(before: Policy, source: SourcePolicy): Policy {
  const at = before.sources.findIndex(({ id }) => id === source.id);
  if (at < 0 || before.sources[at] === source) return before;
  const { format, bindings } = before;
  const content = { format, sources: before.sources.with(at, source), bindings };
  return { ...content, version: policyVersion(content) };
}

/** A secret's revision is in the policy; its bytes are compared all the same, for they decide. */
function sameSecrets(a: CompiledSet, b: CompiledSet): boolean {
  return (
    a.secrets.size === b.secrets.size &&
    [...a.secrets].every(([name, secret]) => Buffer.from(secret).equals(b.secrets.get(name) ?? NO_BYTES))
  );
}

const NO_BYTES = new Uint8Array();

function sameResult(a: BindingResult | undefined, b: BindingResult | undefined): boolean {
  if (a === b || a === undefined || b === undefined) return a === b;
  return JSON.stringify(a) === JSON.stringify(b);
}
