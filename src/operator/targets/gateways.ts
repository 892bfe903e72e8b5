/** What validators of a gateway enforce: the bindings of its routes, each for the hosts under which they were accepted. */

import { hostMatches } from '../../matching/hosts.ts';
import type { Gateway, Listener, ObjectChange, Route, RouteKind } from '../cluster/objects.ts';
import type { Store } from '../cluster/store.ts';
import { type TargetProblem, targetProblem } from './reasons.ts';
import { objectKey } from './resolve.ts';
import { add, remove } from './sets-by-key.ts';

/** A route and the hosts, normalised, under which a gateway accepted it; '' is any host. */
export interface Attachment {
  readonly route: Route;
  readonly hosts: readonly string[];
}

export interface GatewayIndex {
  /** To be told of every change of a route. */
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
        return route === undefined ? [] : [{ route, hosts: acceptedHosts(route, id, gateway) }];
      });
    },
    gatewaysOf: (kind, id) => gatewaysByRoute.get(objectKey(kind, id)) ?? NONE,
  };
}

function acceptedHosts(route: Route, id: string, gateway: Gateway): readonly string[] {
  const parents = route.parents.filter((parent) => parent.gateway === id);
  const takes = ({ name, port }: Listener): boolean =>
    parents.some(
      (parent) =>
        (parent.sectionName === '' || parent.sectionName === name) &&
        (parent.port === undefined || parent.port === port),
    );
  const names = route.hostnames.length === 0 ? [''] : route.hostnames;
  const hosts = gateway.listeners
    .filter(takes)
    .flatMap(({ hostname }) => names.flatMap((name) => narrower(name, hostname)));
  return [...new Set(hosts)].sort();
}

/** What both patterns match: the narrower of the two, or nothing. */
function narrower(a: string, b: string): readonly string[] {
  if (covers(a, b)) return [b];
  return covers(b, a) ? [a] : [];
}

/** Whether every host that `other` matches is matched by `pattern`. '' is any. */
export function covers(pattern: string, other: string): boolean {
  if (pattern === '' || pattern === other) return true;
  if (!other.startsWith('*.')) return other !== '' && hostMatches([pattern], other);
  return pattern.startsWith('*.') && hostMatches([pattern], `x${other.slice(1)}`);
}

/** Attachments of one gateway, prepared so that each binding costs only its own. */
export interface AttachedHosts {
  /** Undefined for a route that is not attached. */
  of(route: Route): readonly string[] | undefined;
  /** A route of another namespace that attaches the very same host. */
  sharedBy(host: string, namespace: string): Route | undefined;
}

export function attachedHosts(attachments: readonly Attachment[]): AttachedHosts {
  const byRoute = new Map(attachments.map(({ route, hosts }) => [route, hosts]));
  /** By host, one route of each namespace. */
  const byHost = new Map<string, Map<string, Route>>();
  for (const { route, hosts } of attachments) {
    for (const host of hosts) {
      const routes = byHost.get(host) ?? new Map<string, Route>();
      if (!routes.has(route.metadata.namespace)) routes.set(route.metadata.namespace, route);
      byHost.set(host, routes);
    }
  }
  return {
    of: (route) => byRoute.get(route),
    sharedBy(host, namespace) {
      for (const [other, route] of byHost.get(host) ?? []) if (other !== namespace) return route;
      return undefined;
    },
  };
}

export interface GatewayHosts {
  /** Where the binding decides; never empty without a problem. */
  readonly hosts: readonly string[];
  readonly problem: TargetProblem | undefined;
}

/**
 * The hosts for which a binding decides at a gateway: its own, as far as its routes have them. Undefined when none of
 * its routes is attached there. `specHosts` are normalised, empty = any.
 */
export function bindingHosts(
  namespace: string,
  specHosts: readonly string[],
  routes: readonly Route[],
  gateway: string,
  attached: AttachedHosts,
): GatewayHosts | undefined {
  const own = routes.map((route) => attached.of(route)).filter((hosts) => hosts !== undefined);
  if (own.length === 0) return undefined;
  const accepted = [...new Set(own.flat())];
  const wanted = specHosts.length === 0 ? [''] : specHosts;
  const hosts = [
    ...new Set(accepted.flatMap((host) => wanted.flatMap((name) => narrower(name, host)))),
  ].sort();
  if (hosts.length === 0) {
    const names = accepted.map(hostText).join(', ') || 'none';
    const message = `none of spec.hosts is a host of its routes at Gateway ${gateway}, which are: ${names}`;
    const remedy = 'correct spec.hosts, or the hostnames of the route and of the listener';
    return { hosts, problem: targetProblem('HostNotAttached', message, remedy) };
  }
  return { hosts, problem: sharedHost(namespace, [...hosts, ...accepted], gateway, attached) };
}

function sharedHost(
  namespace: string,
  hosts: readonly string[],
  gateway: string,
  attached: AttachedHosts,
): TargetProblem | undefined {
  for (const host of hosts) {
    const route = attached.sharedBy(host, namespace);
    if (route === undefined) continue;
    const { namespace: other, name } = route.metadata;
    const message = `${route.kind} ${other}/${name} attaches ${hostText(host)} to Gateway ${gateway}, too`;
    const remedy = 'give each namespace hosts of its own, or guard the pods instead of the gateway';
    return targetProblem('HostShared', message, remedy);
  }
  return undefined;
}

const hostText = (host: string): string => (host === '' ? 'any host' : host);

/** Attached hosts that no binding decides for, but a wider one's would: what nobody guards must not be let in by others. */
export function unboundHosts(
  attachments: readonly Attachment[],
  bound: ReadonlySet<string>,
): readonly Attachment[] {
  // Exact names cover nothing but themselves.
  const patterns = [...bound].filter((host) => host === '' || host.startsWith('*.'));
  return attachments.flatMap(({ route, hosts }) => {
    const unbound = hosts.filter(
      (host) => !bound.has(host) && patterns.some((pattern) => covers(pattern, host)),
    );
    return unbound.length === 0 ? [] : [{ route, hosts: unbound }];
  });
}
