/** Takes changes of the cluster, keeps its objects, and compiles the policies that follow from them. */

import type { ObjectChange } from '../cluster/objects.ts';
import { isOfStatusAlone } from '../cluster/ours.ts';
import { createStore, type Store } from '../cluster/store.ts';
import type { FetchPlan } from '../keys/plan.ts';
import type { Policy, PolicyUpdate } from '../policy/policy.ts';
import type { RouteApiChange } from '../targets/applied-changes.ts';
import type { TargetProblem } from '../targets/reasons.ts';
import type { PodRefusalChange } from '../targets/refusals.ts';
import { createTargets, type Targets } from '../targets/targets.ts';
import type { CompileContext } from './compile-set.ts';
import { type Affected, createEffects, type Effects, nothingAffected } from './effects.ts';
import { createGatewaySets } from './gateway-sets.ts';
import { type BindingOutcome, inOrder, outcomeOf } from './outcome.ts';
import { createPodSets } from './pod-sets.ts';
import { createReferences } from './references.ts';
import { createPolicySets } from './sets.ts';
import {
  createLocatedKeys,
  createSourceTable,
  type LocatedKeys,
  type SourceOutcome,
  type SourceTable,
} from './source-table.ts';
import { createTargetSets } from './target-sets.ts';

export type PlanningChange =
  | ObjectChange
  /** What was fetched for the source with this uid, and from where; undefined: nothing yet, or no longer. */
  | { readonly kind: 'Keys'; readonly uid: string; readonly keys: LocatedKeys | undefined }
  | RouteApiChange
  | PodRefusalChange
  /** Whether validators ask for the policy of this Gateway, namespace/name. */
  | {
      readonly kind: 'SharedGateway';
      readonly id: string;
      readonly active: boolean;
      /** Whether it says with every check which route matched. Absent: not known. */
      readonly tellsRoutes?: boolean;
    }
  /** Whether the Secrets of a namespace may be read. */
  | { readonly kind: 'SecretAccess'; readonly namespace: string; readonly readable: boolean };

export interface Policies {
  /**
   * Applies changes; its cost depends on what they touch. Give changes that come together in one call. What is read
   * afterwards includes them. Where they touch much, or where more will follow at once (`isMore`), some sets are
   * compiled later: when they are read, or by `proceed`.
   */
  apply(changes: readonly PlanningChange[], isMore?: boolean): Effects;
  /** Compiles some more of the sets that changes have affected. Returns what that has changed. */
  proceed(): Effects;
  /** Whether a set is still to be compiled; with a binding, whether one of its sets is. */
  isBehind(binding?: string): boolean;
  /** The last compiled policy; compiles nothing. `behind`: there is none yet. Undefined: no binding guards the pod. */
  lastForPod(pod: string): PolicyUpdate | 'behind' | undefined;
  lastForGateway(gateway: string): PolicyUpdate | 'behind' | undefined;
  /** Compiles at once what is not compiled yet; so do `gatewayPolicy`, `binding` and `usersOf`. */
  podPolicy(pod: string): Policy | undefined;
  /** Undefined for a gateway that was not made a `SharedGateway`. */
  gatewayPolicy(gateway: string): Policy | undefined;
  /** Shared gateways at which the binding decides. */
  gatewaysOf(binding: string): readonly string[];
  /** Undefined where there is no such binding. */
  binding(id: string): BindingOutcome | undefined;
  /** What keeps the binding's targets from being guarded as it is written. */
  problems(binding: string): readonly TargetProblem[];
  source(id: string): SourceOutcome | undefined;
  /** Bindings that name the source, whether it permits them or not. Compiles nothing. */
  namedBy(source: string): ReadonlySet<string>;
  /** Bindings that the source permits, and that it is used by, in order. */
  usersOf(source: string): readonly string[];
  /** The plans of all accepted sources whose keys are fetched, in order. */
  plans(): readonly FetchPlan[];
  readonly sources: Pick<SourceTable, 'withUid'>;
  readonly targets: Pick<Targets, 'guards' | 'podsOf' | 'resolution' | 'refusals' | 'chooses' | 'sharing'>;
  readonly store: Pick<Store, 'get' | 'all' | 'near'>;
  /** The number of distinct sets: tests use it to find sets that are left over. */
  sets(): number;
}

/** What one turn compiles: some 10 ms. */
const RULES_PER_TURN = 512;
/** Bindings and pods that were looked at: after more of them, the same turn compiles nothing. */
const MUCH = 256;

export interface PoliciesOptions {
  readonly allowInsecureHttp: boolean;
  /** Rules that one turn compiles: the process does nothing else during a turn. */
  readonly rulesPerTurn?: number;
}

export function createPolicies({
  allowInsecureHttp,
  rulesPerTurn = RULES_PER_TURN,
}: PoliciesOptions): Policies {
  const store = createStore();
  const locatedKeys = createLocatedKeys();
  const unreadableSecrets = new Set<string>();
  const context: CompileContext = {
    store,
    keySets: locatedKeys.counting,
    allowInsecureHttp,
    unreadableSecrets,
    // An API server gives every Secret a resourceVersion: nothing else is asked for.
    secretRevision: () => '',
  };
  const targets = createTargets(store);
  const references = createReferences();
  const sourceTable = createSourceTable(context, locatedKeys);
  const sets = createPolicySets(context);
  const podSets = createPodSets(sets, targets);
  const targetSets = createTargetSets(sets, targets, store);
  const gatewaySets = createGatewaySets(sets, targets, store);
  const effects = createEffects(sets, podSets, gatewaySets, references);

  const take = (change: PlanningChange, affected: Affected): void => {
    switch (change.kind) {
      case 'Keys': {
        locatedKeys.set(change.uid, change.keys);
        const source = sourceTable.withUid(change.uid);
        if (source !== undefined) affected.rekeyed.add(source);
        return;
      }
      case 'SecretAccess':
        if (change.readable) unreadableSecrets.delete(change.namespace);
        else unreadableSecrets.add(change.namespace);
        for (const source of sourceTable.inNamespace(change.namespace)) affected.sources.add(source);
        return;
      case 'SharedGateway':
        gatewaySets.activate(change.id, change.active, change.tellsRoutes);
        return;
      case 'RouteApi':
      case 'PodRefusal':
        affected.applied.push(change);
        return;
      default:
        takeObject(change, affected);
    }
  };

  const takeObject = (change: ObjectChange, affected: Affected): void => {
    const { id } = change;
    if (isOfStatusAlone(change, store)) {
      store.apply(change);
      if (change.kind === 'ApiBinding') affected.bindings.add(id);
      else affected.usedSources.add(id);
      return;
    }
    const labels = change.kind === 'Namespace' ? store.get('Namespace', id)?.metadata.labels : undefined;
    store.apply(change);
    affected.applied.push(change);
    switch (change.kind) {
      case 'ApiBinding':
        for (const source of references.set(id, change.object)) affected.usedSources.add(source);
        sets.touch(id);
        return;
      case 'AuthenticationSource':
        affected.sources.add(id);
        return;
      case 'Secret':
      case 'ConfigMap':
        for (const source of sourceTable.readersOf(change.kind, id)) affected.sources.add(source);
        return;
      case 'Namespace':
        // Grants are judged by its labels, and whether pods get sidecars there; what captures its pods, the targets look at.
        if (labels !== change.object?.metadata.labels) touch(references.bindingsIn(id), affected);
        return;
      default:
        gatewaySets.apply(change);
    }
  };

  /** Has these bindings compiled again, and their status looked at even if their policies stay the same. */
  const touch = (bindings: Iterable<string>, affected: Affected): void => {
    for (const binding of bindings) {
      sets.touch(binding);
      affected.bindings.add(binding);
    }
  };

  const refreshSources = (affected: Affected): boolean => {
    let plans = false;
    for (const source of affected.sources) {
      if (sourceTable.refresh(source)) plans = true;
      touch(references.to(source), affected);
    }
    for (const source of affected.rekeyed) {
      const policy = sourceTable.rekey(source);
      if (policy !== undefined) sets.rekey(references.to(source), policy);
    }
    return plans;
  };

  const problems = (id: string): readonly TargetProblem[] =>
    inOrder([...targets.problems(id), ...gatewaySets.problems(id)]);

  const binding = (id: string): BindingOutcome | undefined => {
    const stored = store.get('ApiBinding', id);
    return stored && outcomeOf(stored, sets.results(id), problems(id));
  };

  const lastAt = (key: string | undefined): PolicyUpdate | 'behind' | undefined =>
    key === undefined || !sets.has(key) ? undefined : (sets.last(key) ?? 'behind');

  return {
    apply(changes, isMore = false) {
      const affected = nothingAffected();
      for (const change of changes) take(change, affected);
      const plans = refreshSources(affected);
      const targeted = targets.apply(affected.applied);
      const moved = podSets.assign(targeted.pods);
      targetSets.refresh(targeted.resolved, targeted.bindings);
      const atGateways = gatewaySets.refresh(targeted.resolved);
      effects.add(
        affected.bindings.union(targeted.bindings).union(atGateways),
        affected.sources.union(affected.rekeyed).union(affected.usedSources),
      );
      const isMuch = isMore || targeted.resolved.size + targeted.pods.size > MUCH;
      return effects.compile(moved, plans, isMuch ? 0 : rulesPerTurn);
    },
    proceed: () => effects.compile([], false, rulesPerTurn),
    isBehind: sets.isBehind,
    lastForPod: (pod) => lastAt(podSets.keyOf(pod)),
    lastForGateway: (gateway) => lastAt(gatewaySets.keyOf(gateway)),
    podPolicy: (pod) => sets.policy(podSets.keyOf(pod)),
    gatewayPolicy: (gateway) => sets.policy(gatewaySets.keyOf(gateway)),
    gatewaysOf: gatewaySets.holding,
    binding,
    problems,
    source: sourceTable.outcome,
    namedBy: references.to,
    // Reads only the result, not the whole outcome: all bindings of a cluster may use one source.
    usersOf: (source) =>
      [...references.to(source)]
        .filter((id) => sets.results(id)[0]?.sources.includes(source) === true)
        .sort(),
    plans: sourceTable.plans,
    sources: sourceTable,
    targets,
    store,
    sets: sets.size,
  };
}
