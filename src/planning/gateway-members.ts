/**
 * Which bindings make up the policy of a gateway. Each has its routes, which choose it where the gateway says what
 * matched; and for requests of which it does not say, the hosts that are its own alone.
 */

import { isDeepStrictEqual } from 'node:util';
import type { Route } from '../cluster/objects.ts';
import type { Store } from '../cluster/store.ts';
import { bindingFacts } from '../compiler/binding-facts.ts';
import { type HostIndex, hostIndex } from '../matching/hosts.ts';
import type { BoundRoute, GatewayChoice } from '../policy/policy.ts';
import {
  bindingHosts,
  type GatewayHosts,
  type HostsOfRoute,
  takerOf,
  unboundHosts,
} from '../targets/gateways.ts';
import { createHostOwners, type HostOwners } from '../targets/host-owners.ts';
import { type Attachment, covers } from '../targets/hosts.ts';
import type { TargetProblem } from '../targets/reasons.ts';
import type { Resolution } from '../targets/resolve.ts';
import { hasRule } from '../targets/resolve-routes.ts';
import { sectionUntold, sharedWithBinding, sharedWithNamespace } from '../targets/untold.ts';
import type { SetMember, UnboundHosts } from './compile-set.ts';

export interface GatewayMembers {
  readonly members: readonly SetMember[];
  readonly unbound: readonly UnboundHosts[];
  /** By binding. */
  readonly problems: ReadonlyMap<string, TargetProblem>;
  /** By binding: those that are none where the gateway says which route matched. */
  readonly untold: ReadonlyMap<string, TargetProblem>;
}

/** `bindings` are those that one of the attached routes was read for; `before` are the members of the set so far. */
export function gatewayMembers(
  gateway: string,
  attachments: readonly Attachment[],
  bindings: Iterable<string>,
  store: Store,
  resolution: (binding: string) => Resolution | undefined,
  before: readonly SetMember[] = [],
): GatewayMembers {
  const owners = createHostOwners(attachments);
  const claims = claimsOf(gateway, bindings, store, resolution, owners);
  const guarding = guardingIndex(claims, owners);
  const taker = (host: string, namespace: string) =>
    takerOf(host, namespace, owners, (other, name) => (guarding.get(other)?.lookup(name) ?? []).length > 0);
  const { kept, untold } = keptHosts(gateway, claims, taker);
  const choices = new Map(before.map(({ binding, atGateway }) => [binding, atGateway]));
  const problems = new Map<string, TargetProblem>();
  const members: SetMember[] = [];
  for (const { binding, routes, claimed } of claims) {
    if (claimed.problem !== undefined) problems.set(binding, claimed.problem);
    if (claimed.hosts.length === 0) continue;
    const choice: GatewayChoice = { routes, hosts: kept.get(binding) ?? [] };
    const known = choices.get(binding);
    // What is compiled is kept by the very object.
    const atGateway = isDeepStrictEqual(known, choice) && known !== undefined ? known : choice;
    members.push({ binding, ports: [], hosts: claimed.hosts, atGateway });
  }
  const bound = new Set([...kept.values()].flat());
  const claimed = new Set(
    claims.flatMap(({ namespace, claimed: { hosts } }) => hosts.map((host) => `${namespace} ${host}`)),
  );
  // What another namespace has at all listeners, or decides about at all of them, is its own to guard.
  const isOwn = (host: string, namespace: string): boolean =>
    claimed.has(`${namespace} ${host}`)
      ? taker(host, namespace) === undefined
      : owners.lostTo(host, namespace) === undefined;
  const own = ({ route, hosts }: HostsOfRoute): HostsOfRoute => ({
    route,
    hosts: hosts.filter((host) => isOwn(host, route.metadata.namespace)),
  });
  const sections = claims.flatMap(({ sections }) => sections);
  const unbound = [
    ...unboundHosts(attachments.map(own), bound).map(asUnbound('', 'no ApiBinding targets this route')),
    ...unboundHosts(sections.map(own), bound).map(asUnbound('/rules', UNKNOWN_RULE)),
  ];
  return { members, unbound, problems, untold };
}

const UNKNOWN_RULE =
  'a rule of this route is guarded by itself, and the gateway does not say which rule matched';

const asUnbound =
  (suffix: string, problem: string) =>
  ({ route, hosts }: HostsOfRoute): UnboundHosts => ({
    name: `${route.kind}/${route.metadata.name}${suffix}`,
    namespace: route.metadata.namespace,
    hosts,
    problem,
  });

interface Claim {
  readonly binding: string;
  readonly namespace: string;
  /** Sorts the older first. */
  readonly age: string;
  /** Those that are attached. */
  readonly routes: readonly BoundRoute[];
  /** Of all its routes. */
  readonly claimed: GatewayHosts;
  /** Of which it guards every rule. */
  readonly whole: HostsOfRoutes;
  /** Of which it guards single rules, whether the route has them or not: it may have them in a moment. */
  readonly sections: readonly HostsOfSection[];
}

interface HostsOfSection extends HostsOfRoute {
  readonly isThere: boolean;
}

interface HostsOfRoutes {
  readonly routes: readonly Route[];
  readonly hosts: readonly string[];
}

function claimsOf(
  gateway: string,
  bindings: Iterable<string>,
  store: Store,
  resolution: (binding: string) => Resolution | undefined,
  owners: HostOwners,
): readonly Claim[] {
  return [...bindings].sort().flatMap((binding) => {
    const stored = store.get('ApiBinding', binding);
    const { routes: all = [], sections: allSections = [] } = resolution(binding) ?? {};
    const whole = all.filter((route) => owners.hostsOf(route) !== undefined);
    const sections = allSections.filter(({ route }) => owners.hostsOf(route) !== undefined);
    if (stored === undefined) return [];
    // What breaks the schema refuses at the hosts that can be read of it.
    const facts = stored.kind === 'typed' ? bindingFacts(stored.object) : { hosts: [], age: 'none' };
    const hostsAt = (routes: readonly Route[]): GatewayHosts | undefined =>
      bindingHosts(facts.hosts, routes, gateway, owners);
    const ofWhole = hostsAt(whole);
    const claimed =
      sections.length === 0 ? ofWhole : hostsAt([...whole, ...sections.map(({ route }) => route)]);
    if (claimed === undefined) return [];
    return [
      {
        binding,
        namespace: stored.metadata.namespace,
        age: `${facts.age} ${binding}`,
        routes: [
          ...whole.map((route) => boundRoute(route)),
          ...sections.map((one) => boundRoute(one.route, one.section)),
        ],
        claimed,
        whole: { routes: whole, hosts: ofWhole?.hosts ?? [] },
        sections: sections.map(({ route, section }) => ({
          route,
          hosts: hostsAt([route])?.hosts ?? [],
          isThere: hasRule(route, section),
        })),
      },
    ];
  });
}

const boundRoute = ({ kind, metadata: { name } }: Route, section?: string): BoundRoute => ({
  kind,
  name,
  ...(section !== undefined && { section }),
});

interface KeptHosts {
  /** By binding: the hosts for which it alone decides where it is not known which route matched. */
  readonly kept: ReadonlyMap<string, readonly string[]>;
  readonly untold: ReadonlyMap<string, TargetProblem>;
}

/**
 * Where the host alone is known, the oldest binding decides of those of one namespace that have it; and nobody does where
 * the request may be meant for a rule that is guarded by itself.
 */
function keptHosts(
  gateway: string,
  claims: readonly Claim[],
  taker: (host: string, namespace: string) => ReturnType<typeof takerOf>,
): KeptHosts {
  const kept = new Map<string, readonly string[]>();
  const untold = new Map<string, TargetProblem>();
  const holders = new Map<string, string>();
  const sectionFor = sectionIndex(claims);
  const note = (binding: string, problem: TargetProblem): void => {
    if (!untold.has(binding)) untold.set(binding, problem);
  };
  for (const claim of claims.toSorted((a, b) => (a.age < b.age ? -1 : 1))) {
    const { binding, namespace, whole, sections } = claim;
    const at = (host: string): string => `${namespace} ${host}`;
    const keeps = (host: string): boolean => {
      const other = taker(host, namespace);
      const section = sectionFor(host, claim);
      const older = holders.get(at(host));
      if (other !== undefined) note(binding, sharedWithNamespace(host, other, gateway));
      else if (section !== undefined) note(binding, sectionUntold(host, section, gateway));
      else if (older !== undefined) note(binding, sharedWithBinding(host, older, gateway));
      else return true;
      return false;
    };
    const own = whole.hosts.filter(keeps);
    for (const host of own) holders.set(at(host), binding);
    kept.set(binding, own);
    for (const host of sections.flatMap(({ hosts, isThere }) => (isThere ? hosts : []))) {
      note(binding, sectionUntold(host, binding, gateway));
    }
  }
  return { kept, untold };
}

/** Finds the binding that guards a single rule which requests for a host of the claim could be meant for. */
function sectionIndex(claims: readonly Claim[]): (host: string, claim: Claim) => string | undefined {
  const byHost = new Map<string, string>();
  const byRoute = new Map<Route, { readonly host: string; readonly binding: string }[]>();
  for (const { binding, namespace, sections } of claims) {
    for (const { route, hosts } of sections) {
      const ofRoute = byRoute.get(route) ?? [];
      byRoute.set(route, ofRoute);
      for (const host of hosts) {
        byHost.set(`${namespace} ${host}`, binding);
        ofRoute.push({ host, binding });
      }
    }
  }
  return (host, { namespace, whole }) =>
    byHost.get(`${namespace} ${host}`) ??
    whole.routes.flatMap((route) => byRoute.get(route) ?? []).find((section) => covers(section.host, host))
      ?.binding;
}

/** By namespace, the hosts that one of its bindings decides for, or would if no other namespace did. */
function guardingIndex(claims: readonly Claim[], owners: HostOwners): ReadonlyMap<string, HostIndex<string>> {
  const byNamespace = Map.groupBy(claims, ({ namespace }) => namespace);
  return new Map(
    [...byNamespace].map(([namespace, own]) => {
      const hosts = new Set(own.flatMap(({ claimed }) => claimed.hosts));
      const had = [...hosts].filter((host) => owners.lostTo(host, namespace) === undefined);
      return [namespace, hostIndex(had.map((host) => [host, host]))];
    }),
  );
}
