/** For which hosts each binding alone decides at a gateway that does not say which route matched. */

import type { Route } from '../cluster/objects.ts';
import { type HostIndex, hostIndex } from '../matching/hosts.ts';
import { type HostTaker, takerOf } from '../targets/gateways.ts';
import type { HostOwners } from '../targets/host-owners.ts';
import { covers } from '../targets/hosts.ts';
import type { TargetProblem } from '../targets/reasons.ts';
import { sectionUntold, sharedWithBinding, sharedWithNamespace } from '../targets/untold.ts';
import type { Claim } from './gateway-claims.ts';

/** The route by which another namespace has the host; undefined: requests for it are the namespace's. */
export type Taker = (host: string, namespace: string) => HostTaker | undefined;

/** By namespaces that have one of these claims, or would. */
export function takerBy(claims: readonly Claim[], owners: HostOwners): Taker {
  const guarding = guardingIndex(claims, owners);
  return (host, namespace) =>
    takerOf(host, namespace, owners, (other, name) => (guarding.get(other)?.lookup(name) ?? []).length > 0);
}

export interface KeptHosts {
  /** By binding: the hosts for which it alone decides where it is not known which route matched. */
  readonly kept: ReadonlyMap<string, readonly string[]>;
  readonly untold: ReadonlyMap<string, TargetProblem>;
}

/**
 * Where the host alone is known, the oldest binding decides of those of one namespace that have it; and nobody does where
 * the request may be meant for a rule that is guarded by itself.
 */
export function keptHosts(gateway: string, claims: readonly Claim[], taker: Taker): KeptHosts {
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
