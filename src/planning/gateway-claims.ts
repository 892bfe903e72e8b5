/** What each binding claims of a gateway: its routes that are attached there, and their hosts. */

import type { Route } from '../cluster/objects.ts';
import type { Store } from '../cluster/store.ts';
import { bindingFacts } from '../compiler/binding-facts.ts';
import type { BoundRoute } from '../policy/gateway-choice.ts';
import { bindingHosts, type GatewayHosts, type HostsOfRoute } from '../targets/gateways.ts';
import type { HostOwners } from '../targets/host-owners.ts';
import type { Resolution } from '../targets/resolve.ts';
import { hasRule } from '../targets/resolve-routes.ts';

export interface Claim {
  readonly binding: string;
  readonly namespace: string;
  /** It decides nothing. */
  readonly isTrial: boolean;
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

export function claimsOf(
  gateway: string,
  bindings: Iterable<string>,
  store: Store,
  resolution: (binding: string) => Resolution | undefined,
  owners: HostOwners,
): readonly Claim[] {
  return [...bindings].sort().flatMap((binding) => {
    const stored = store.get('ApiBinding', binding);
    const { isTrial = false, routes: all = [], sections: allSections = [] } = resolution(binding) ?? {};
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
        isTrial,
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
