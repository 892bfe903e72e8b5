/** What validators of a gateway enforce: the bindings of its routes, each for the hosts under which they were accepted. */

import { add, remove } from '../base/sets-by-key.ts';
import type { Gateway, ObjectChange, Route, RouteKind } from '../cluster/objects.ts';
import type { Store } from '../cluster/store.ts';
import type { HostOwners } from './host-owners.ts';
import { type Attachment, covers, hostText, narrower } from './hosts.ts';
import { attachedHosts, attachedListeners } from './listeners.ts';
import { type TargetProblem, targetProblem } from './reasons.ts';
import { objectKey } from './resolve.ts';

export interface GatewayIndex {
  /** Must be called with every change of a route. */
  apply(change: ObjectChange): void;
  /** In the order of kind and id. */
  attachments(gateway: string): readonly Attachment[];
  /** Gateways, namespace/name, that accepted the route, as of the last change. */
  gatewaysOf(kind: RouteKind, id: string): ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

export function createGatewayIndex(store: Store): GatewayIndex {
  const routesByGateway = new Map<string, Set<string>>();
  const gatewaysByRoute = new Map<string, ReadonlySet<string>>();
  const routes = new Map<string, Route>();
  return {
    apply(change) {
      if (change.kind !== 'HTTPRoute' && change.kind !== 'GRPCRoute') return;
      const key = objectKey(change.kind, change.id);
      for (const gateway of gatewaysByRoute.get(key) ?? NONE) remove(routesByGateway, gateway, key);
      const route = change.object;
      if (route === undefined) {
        routes.delete(key);
        gatewaysByRoute.delete(key);
        return;
      }
      const gateways = new Set(route.parents.map(({ gateway }) => gateway));
      routes.set(key, route);
      gatewaysByRoute.set(key, gateways);
      for (const gateway of gateways) add(routesByGateway, gateway, key);
    },
    attachments(id) {
      const gateway = store.get('Gateway', id);
      if (gateway === undefined) return [];
      return [...(routesByGateway.get(id) ?? NONE)].sort().flatMap((key) => {
        const route = routes.get(key);
        return route === undefined ? [] : [attachment(route, id, gateway)];
      });
    },
    gatewaysOf: (kind, id) => gatewaysByRoute.get(objectKey(kind, id)) ?? NONE,
  };
}

function attachment(route: Route, id: string, gateway: Gateway): Attachment {
  const places = attachedListeners(route, id, gateway).flatMap(({ hostname, port }) =>
    attachedHosts(route, hostname).map((host) => ({ port, listener: hostname, host })),
  );
  return { route, places, hosts: [...new Set(places.map(({ host }) => host))].sort() };
}

export interface GatewayHosts {
  /** Those that its routes have, as far as it names them; never empty without a problem. */
  readonly hosts: readonly string[];
  readonly problem: TargetProblem | undefined;
}

/**
 * The hosts for which a binding would decide at a gateway: its own, as far as its routes have them. Undefined when
 * none of its routes is attached there. `specHosts` are normalised, empty = any.
 */
export function bindingHosts(
  specHosts: readonly string[],
  routes: readonly Route[],
  gateway: string,
  owners: HostOwners,
): GatewayHosts | undefined {
  const own = routes.map((route) => owners.hostsOf(route)).filter((hosts) => hosts !== undefined);
  if (own.length === 0) return undefined;
  const accepted = [...new Set(own.flat())];
  const wanted = specHosts.length === 0 ? [''] : specHosts;
  const hosts = [
    ...new Set(accepted.flatMap((host) => wanted.flatMap((name) => narrower(name, host)))),
  ].sort();
  if (hosts.length > 0) return { hosts, problem: undefined };
  const names = accepted.map(hostText).join(', ') || 'none';
  const message = `none of spec.hosts is a host of its routes at Gateway ${gateway}, which are: ${names}`;
  const remedy = 'correct spec.hosts, or the hostnames of the route and of the listener';
  return { hosts, problem: targetProblem('HostNotAttached', message, remedy) };
}

/** The route by which another namespace has the host, where one has it; and at which listeners. */
export interface HostTaker {
  readonly route: Route;
  /** It has the host at other listeners than the namespace, which a check does not name. */
  readonly isElsewhere: boolean;
}

/** Undefined: requests for the host are the namespace's. `guards`: as in `HostOwners`. */
export function takerOf(
  host: string,
  namespace: string,
  owners: HostOwners,
  guards: (namespace: string, host: string) => boolean,
): HostTaker | undefined {
  const taken = owners.lostTo(host, namespace);
  if (taken !== undefined) return { route: taken, isElsewhere: false };
  const older = owners.olderElsewhere(host, namespace, guards);
  return older && { route: older, isElsewhere: true };
}

/** Attached hosts, or some that a route's rules have, for which it must be refused what no binding decides about. */
export interface HostsOfRoute {
  readonly route: Route;
  readonly hosts: readonly string[];
}

/**
 * Of hosts that no binding decides for, those that a wider one's would: requests for them must not pass by the wider
 * binding.
 */
export function unboundHosts(
  routes: readonly HostsOfRoute[],
  bound: ReadonlySet<string>,
): readonly HostsOfRoute[] {
  // Exact names cover nothing but themselves.
  const patterns = [...bound].filter((host) => host === '' || host.startsWith('*.'));
  return routes.flatMap(({ route, hosts }) => {
    const unbound = hosts.filter(
      (host) => !bound.has(host) && patterns.some((pattern) => covers(pattern, host)),
    );
    return unbound.length === 0 ? [] : [{ route, hosts: unbound }];
  });
}
