/** Keeps one set for each gateway whose validators ask for it. */

import type { ObjectChange } from '../cluster/objects.ts';
import type { Store } from '../cluster/store.ts';
import { createGatewayIndex } from '../targets/gateways.ts';
import type { TargetProblem } from '../targets/reasons.ts';
import type { Targets } from '../targets/targets.ts';
import type { SetMember } from './compile-set.ts';
import { gatewayMembers } from './gateway-members.ts';
import type { PolicySets } from './sets.ts';

export interface GatewaySets {
  /** Takes note of routes and gateways; must be called before the targets apply the change. */
  apply(change: ObjectChange): void;
  /** `tellsRoutes`: whether it says with every check which route matched; undefined = not known. */
  activate(gateway: string, active: boolean, tellsRoutes: boolean | undefined): void;
  /**
   * Makes the sets again that changes of objects, or these bindings, may affect. Returns the bindings whose problem
   * at a gateway is another one than before.
   */
  refresh(resolved: ReadonlySet<string>): ReadonlySet<string>;
  problems(binding: string): readonly TargetProblem[];
  /** Gateways whose set has the binding, in order. */
  holding(binding: string): readonly string[];
  /** Of a set's key; undefined for keys of other sets. */
  gatewayOf(key: string): string | undefined;
  keyOf(gateway: string): string;
}

const PREFIX = 'gateway ';
const keyOf = (gateway: string): string => `${PREFIX}${gateway}`;

interface GatewaySet {
  readonly members: readonly SetMember[];
  readonly bindings: ReadonlySet<string>;
  readonly problems: ReadonlyMap<string, TargetProblem>;
  /** Those that are none while the gateway says which route matched. */
  readonly untold: ReadonlyMap<string, TargetProblem>;
}

const NOTHING: GatewaySet = { members: [], bindings: new Set(), problems: new Map(), untold: new Map() };

export function createGatewaySets(sets: PolicySets, targets: Targets, store: Store): GatewaySets {
  const index = createGatewayIndex(store);
  /** The gateways whose validators ask for a policy. */
  const held = new Map<string, GatewaySet>();
  const stale = new Set<string>();
  /** Of those, whether they say which route matched, where that is known. */
  const telling = new Map<string, boolean>();
  /** Bindings that had a problem at a gateway whose validators no longer ask for a policy, or that says more now, or less. */
  const left = new Set<string>();

  /**
   * After a restart of operator and validators together no one knows what a gateway says: then the binding's own status
   * counts, which says it of this very generation.
   */
  const wasAccepted = (binding: string): boolean => {
    const stored = store.get('ApiBinding', binding);
    const before = stored?.status?.conditions?.find(({ type }) => type === 'Accepted');
    return before?.status === 'True' && before.observedGeneration === stored?.metadata.generation;
  };

  const problemsAt = (gateway: string, binding: string): readonly TargetProblem[] => {
    const { problems, untold } = held.get(gateway) ?? NOTHING;
    const tells = telling.get(gateway) ?? wasAccepted(binding);
    const found = problems.get(binding) ?? (tells ? undefined : untold.get(binding));
    return found === undefined ? [] : [found];
  };

  const concerns = (
    gateway: string,
    { bindings, problems }: GatewaySet,
    resolved: ReadonlySet<string>,
  ): boolean => {
    for (const binding of resolved) {
      if (bindings.has(binding) || problems.has(binding)) return true;
      const { routes = [], sections = [] } = targets.resolution(binding) ?? {};
      const all = [...routes, ...sections.map(({ route }) => route)];
      if (all.some(({ parents }) => parents.some((parent) => parent.gateway === gateway))) return true;
    }
    return false;
  };

  const make = (gateway: string): GatewaySet => {
    const attachments = index.attachments(gateway);
    const bindings = new Set<string>();
    for (const { route } of attachments) {
      const { namespace, name } = route.metadata;
      for (const binding of targets.readersOf(route.kind, `${namespace}/${name}`)) bindings.add(binding);
    }
    const before = held.get(gateway)?.members;
    const made = gatewayMembers(gateway, attachments, bindings, store, targets.resolution, before);
    sets.put(keyOf(gateway), made.members, made.unbound);
    const { members, problems, untold } = made;
    const now = { members, bindings: new Set(members.map(({ binding }) => binding)), problems, untold };
    held.set(gateway, now);
    return now;
  };

  return {
    apply(change) {
      if (change.kind === 'Gateway') stale.add(change.id);
      if (change.kind !== 'HTTPRoute' && change.kind !== 'GRPCRoute') return;
      for (const gateway of index.gatewaysOf(change.kind, change.id)) stale.add(gateway);
      index.apply(change);
      for (const gateway of index.gatewaysOf(change.kind, change.id)) stale.add(gateway);
    },
    activate(gateway, active, tellsRoutes) {
      const holding = held.get(gateway);
      const tells = active ? tellsRoutes : undefined;
      if (tells !== telling.get(gateway)) {
        if (tells === undefined) telling.delete(gateway);
        else telling.set(gateway, tells);
        for (const binding of holding?.untold.keys() ?? []) left.add(binding);
      }
      if (active === (holding !== undefined)) return;
      if (active) {
        held.set(gateway, NOTHING);
        stale.add(gateway);
      } else {
        for (const binding of bindingsWithProblems(holding ?? NOTHING)) left.add(binding);
        held.delete(gateway);
        sets.delete(keyOf(gateway));
      }
    },
    refresh(resolved) {
      const changed = new Set(left);
      for (const [gateway, before] of held) {
        if (!stale.has(gateway) && !concerns(gateway, before, resolved)) continue;
        const now = make(gateway);
        for (const binding of bindingsWithProblems(before).union(bindingsWithProblems(now))) {
          if (messageIn(before, binding) !== messageIn(now, binding)) changed.add(binding);
        }
      }
      stale.clear();
      left.clear();
      return changed;
    },
    problems: (binding) =>
      [...held].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([gateway]) => problemsAt(gateway, binding)),
    holding: (binding) =>
      [...held.keys()].filter((gateway) => held.get(gateway)?.bindings.has(binding) === true).sort(),
    gatewayOf: (key) => (key.startsWith(PREFIX) ? key.slice(PREFIX.length) : undefined),
    keyOf,
  };
}

const bindingsWithProblems = ({ problems, untold }: GatewaySet): ReadonlySet<string> =>
  new Set([...problems.keys(), ...untold.keys()]);

const messageIn = ({ problems, untold }: GatewaySet, binding: string): string =>
  [problems.get(binding)?.message, untold.get(binding)?.message].join('; ');
