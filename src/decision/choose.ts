/** Chooses the one binding for a request: by the route that a gateway says matched, else by its host. */

import { namespaceOf } from '../base/object-id.ts';
import { type HostIndex, hostIndex } from '../matching/hosts.ts';
import { routeKey } from '../policy/route-key.ts';
import type { PreparedBinding } from './binding.ts';
import type { CheckRequest, MatchedRoute } from './decision.ts';

export type ChooseBinding = (
  host: string,
  port: number | undefined,
  route?: CheckRequest['route'],
) => PreparedBinding | undefined;

/**
 * Of bindings of a gateway, where it is known which route matched, one of that route is chosen, or none: whatever hosts
 * another route's binding has, it does not decide.
 */
export function chooser(bindings: readonly PreparedBinding[]): ChooseBinding {
  const hosts = hostIndex(
    bindings.flatMap((binding) => hostsWithoutRoute(binding).map((host) => [host, binding] as const)),
  );
  const routes = routeIndex(bindings);
  return (host, port, route) =>
    route === undefined || routes === undefined
      ? mostSpecific(hosts, host, port)
      : ofRoute(routes, route, host, port);
}

const ANY_HOST = [''];
const orAny = (hosts: readonly string[]): readonly string[] => (hosts.length > 0 ? hosts : ANY_HOST);

const hostsWithoutRoute = ({ policy: { hosts, atGateway } }: PreparedBinding): readonly string[] =>
  atGateway?.hosts ?? orAny(hosts);

type RouteIndex = ReadonlyMap<string, HostIndex<PreparedBinding>>;

/** By route. Undefined where no binding is at a gateway: beside a pod, and for a folder, routes play no role. */
function routeIndex(bindings: readonly PreparedBinding[]): RouteIndex | undefined {
  if (bindings.every(({ policy }) => policy.atGateway === undefined)) return undefined;
  const places = bindings.flatMap((binding) => {
    const { id, hosts, atGateway } = binding.policy;
    const keys = (atGateway?.routes ?? []).map((route) => routeKey(namespaceOf(id), route));
    return keys.flatMap((key) => orAny(hosts).map((host) => ({ key, host, binding })));
  });
  return new Map(
    [...Map.groupBy(places, ({ key }) => key)].map(([key, own]) => [
      key,
      hostIndex(own.map(({ host, binding }) => [host, binding])),
    ]),
  );
}

/** What is bound to the very rule goes before what is bound to all of the route. */
function ofRoute(
  routes: RouteIndex,
  route: MatchedRoute | 'Unreadable',
  host: string,
  port: number | undefined,
): PreparedBinding | undefined {
  if (route === 'Unreadable') return undefined;
  const { kind, namespace, name, section } = route;
  const ofRule = section === undefined ? undefined : routes.get(routeKey(namespace, route));
  const ofWhole = routes.get(routeKey(namespace, { kind, name }));
  return (ofRule && mostSpecific(ofRule, host, port)) ?? (ofWhole && mostSpecific(ofWhole, host, port));
}

/** Chooses by host (exact, longer suffix, any), then the older binding: inside a group the order is the policy's. */
function mostSpecific(
  hosts: HostIndex<PreparedBinding>,
  host: string,
  port: number | undefined,
): PreparedBinding | undefined {
  for (const group of hosts.lookup(host)) {
    for (const binding of group) {
      const { ports } = binding.policy;
      if (port === undefined || ports.length === 0 || ports.includes(port)) return binding;
    }
  }
  return undefined;
}
