/**
 * The distinct sets of bindings. Each is compiled once for all the pods that have it: step by step, or at once when its
 * outcome is read. Until all steps are done, readers get the set as it was before.
 */

import { add, remove } from '../base/sets-by-key.ts';
import type { BindingResult, CompileSteps } from '../compiler/compile.ts';
import { keysChecked } from '../compiler/policy-update.ts';
import type { Policy, PolicyUpdate, SourcePolicy } from '../policy/policy.ts';
import { policyVersion } from '../policy/version.ts';
import {
  type CompileContext,
  type CompiledSet,
  compileSetInSteps,
  type SetMember,
  type UnboundHosts,
} from './compile-set.ts';

/** What has changed since the last call of `compile`. */
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
  /** Compiles stale sets until that has cost `most`, in rules. */
  compile(most: number): Recompiled;
  /** Whether a set is stale; with a binding, whether one of its sets is. */
  isBehind(binding?: string): boolean;
  /** The last compiled update, with the times of the keys' last good fetches as they are now. Compiles nothing. */
  last(key: string | undefined): PolicyUpdate | undefined;
  /** Compiles the set at once where it is stale. */
  policy(key: string | undefined): Policy | undefined;
  /** The binding's results, one of each set that has it, in the order of the sets' keys. Compiles these sets at once. */
  results(binding: string): readonly BindingResult[];
  size(): number;
}

interface PolicySet {
  readonly members: readonly SetMember[];
  readonly unbound: readonly UnboundHosts[];
  compiled: CompiledSet | undefined;
  /** Begun, and not done; undefined where they have to begin anew. */
  steps: CompileSteps<CompiledSet> | undefined;
  /** Bindings that are still to be compiled then. */
  left: number;
}

/** What a set, and each binding that is as it was, cost in rules. */
const EACH_SET = 2;
const EACH_MEMBER = 1 / 4;

const NONE: ReadonlySet<string> = new Set();

export function createPolicySets(context: CompileContext): PolicySets {
  const sets = new Map<string, PolicySet>();
  const byBinding = new Map<string, Set<string>>();
  /** To be compiled. */
  const stale = new Set<string>();
  /** Since the last `compile`: sets with another policy, and bindings whose outcome may be another one. */
  let changedSets = new Set<string>();
  let affectedBindings = new Set<string>();

  const unlink = (key: string, { members }: PolicySet): void => {
    for (const { binding } of members) {
      remove(byBinding, binding, key);
      affectedBindings.add(binding);
    }
  };

  const keysWith = (bindings: Iterable<string>): ReadonlySet<string> => {
    const keys = new Set<string>();
    for (const binding of bindings) for (const key of byBinding.get(binding) ?? NONE) keys.add(key);
    return keys;
  };

  const membersOf = (key: string): readonly SetMember[] => sets.get(key)?.members ?? [];

  /**
   * Compiles the set until that has cost `most`, or is done. Returns the cost. The cost of the beginning does not count
   * against `most`: so a set that must start again and again still gets further each time.
   */
  const advance = (key: string, set: PolicySet, most: number): number => {
    const beginning = set.steps === undefined ? EACH_SET + EACH_MEMBER * set.members.length : 0;
    if (set.steps === undefined) {
      set.steps = compileSetInSteps(set.members, set.unbound, context, set.compiled?.policy);
      set.left = set.members.length;
    }
    let cost = 0;
    do {
      const step = set.steps.next();
      if (step.done === true) {
        finish(key, set, step.value);
        break;
      }
      cost += step.value;
      set.left -= 1;
      // After the last binding, only cheap work is left.
    } while (cost < most || set.left === 0);
    return beginning + cost;
  };

  const finish = (key: string, set: PolicySet, now: CompiledSet): void => {
    const before = set.compiled;
    stale.delete(key);
    set.steps = undefined;
    set.compiled = now;
    for (const { binding } of set.members) {
      if (!sameResult(now.results.get(binding), before?.results.get(binding))) affectedBindings.add(binding);
    }
    if (before?.policy !== now.policy || !sameSecrets(before, now)) changedSets.add(key);
  };

  /** A set that is half compiled must start again: one of its inputs has changed. */
  const unsettle = (key: string): void => {
    stale.add(key);
    const set = sets.get(key);
    if (set !== undefined) set.steps = undefined;
  };

  /** Compiles the set at once where it is stale. */
  const compiledAt = (key: string | undefined): CompiledSet | undefined => {
    const set = key === undefined ? undefined : sets.get(key);
    if (key === undefined || set === undefined) return undefined;
    if (stale.has(key)) advance(key, set, Number.POSITIVE_INFINITY);
    return set.compiled;
  };

  const updateOf = ({ policy, secrets }: CompiledSet): PolicyUpdate => ({
    policy,
    secrets,
    keysChecked: keysChecked(policy.sources, context.keySets),
  });

  return {
    put(key, members, unbound = []) {
      const before = sets.get(key);
      if (before !== undefined) unlink(key, before);
      sets.set(key, { members, unbound, compiled: before?.compiled, steps: undefined, left: 0 });
      for (const { binding } of members) add(byBinding, binding, key);
      stale.add(key);
    },
    has: (key) => sets.has(key),
    delete(key) {
      const set = sets.get(key);
      if (set !== undefined) unlink(key, set);
      sets.delete(key);
      stale.delete(key);
      changedSets.delete(key);
    },
    touch(binding) {
      for (const key of byBinding.get(binding) ?? NONE) unsettle(key);
    },
    rekey(bindings, source) {
      for (const key of keysWith(bindings)) {
        const set = sets.get(key);
        if (stale.has(key)) unsettle(key);
        if (set?.compiled === undefined || stale.has(key)) continue;
        const policy = withSource(set.compiled.policy, source);
        if (policy === set.compiled.policy) continue;
        set.compiled = { ...set.compiled, policy };
        changedSets.add(key);
      }
    },
    compile(most) {
      let cost = 0;
      for (const key of stale) {
        const set = sets.get(key);
        if (cost >= most) break;
        if (set !== undefined) cost += advance(key, set, most - cost);
      }
      for (const key of changedSets) for (const { binding } of membersOf(key)) affectedBindings.add(binding);
      const recompiled = { sets: changedSets, bindings: affectedBindings };
      changedSets = new Set();
      affectedBindings = new Set();
      return recompiled;
    },
    isBehind: (binding) =>
      binding === undefined
        ? stale.size > 0
        : (byBinding.get(binding) ?? NONE).values().some((key) => stale.has(key)),
    last(key) {
      const compiled = key === undefined ? undefined : sets.get(key)?.compiled;
      return compiled && updateOf(compiled);
    },
    policy: (key) => compiledAt(key)?.policy,
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
  const { version: _, ...rest } = before;
  const content = { ...rest, sources: before.sources.with(at, source) };
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
