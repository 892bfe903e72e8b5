/** Which of a binding's routes go around the check at a gateway, as far as objects say it, and why. */

import type { Gateway, Route } from '../cluster/objects.ts';
import { attachedHosts, attachedListeners } from '../targets/listeners.ts';
import { ASKED, type Asked, type AskingView } from './asked.ts';
import { askedByEnvoyGateway } from './envoy-gateway.ts';
import { askedByFilters, relyOnFilters } from './external-auth.ts';
import { askedByIstio } from './istio.ts';

export interface Uncovered {
  /** `rules a, b of HTTPRoute shop/web at Gateway infra/public`. */
  readonly place: string;
  readonly why: string;
  readonly remedy: string;
}

/** What accepts routes for whom: the name of a GatewayClass' controller, which stands in the status of a route, too. */
const ENVOY_GATEWAY = 'gateway.envoyproxy.io/';
const ISTIO = 'istio.io/gateway-controller';

/** A route that a binding targets, or a single rule of it. */
export interface TargetedRoute {
  readonly route: Route;
  readonly section?: string;
}

/** Nothing is said as long as none of their gateways has validators: then the pods alone are looked at. */
export function uncoveredRoutes(targets: readonly TargetedRoute[], view: AskingView): readonly Uncovered[] {
  const isShared = targets.some(({ route: { parents } }) =>
    parents.some(({ gateway }) => view.gatewayPods(gateway).length > 0),
  );
  if (!isShared) return [];
  const all = targets.map(({ route }) => route);
  return targets.flatMap((target) => [
    ...[...new Set(target.route.parents.map(({ gateway }) => gateway))].flatMap((gateway) =>
      uncoveredAt(target, gateway, all, view),
    ),
    ...target.route.listenerSets.map((set) => ({
      place: `${routeText(target.route)} at ListenerSet ${set}`,
      why: 'ListenerSets are not read, so that it cannot be told whether requests are asked about there',
      remedy: 'attach the route to listeners of the Gateway itself',
    })),
  ]);
}

function uncoveredAt(
  target: TargetedRoute,
  id: string,
  routes: readonly Route[],
  view: AskingView,
): readonly Uncovered[] {
  const { route } = target;
  if (view.gatewayPods(id).length === 0) {
    return [
      {
        place: `${routeText(route)} at Gateway ${id}`,
        why: 'the Gateway has no validators',
        remedy: 'install some for it (gateways of the chart), or take it out of the parentRefs',
      },
    ];
  }
  const gateway = view.store.get('Gateway', id);
  if (gateway === undefined) return [];
  const judged = route.parents.filter((parent) => parent.gateway === id).map(({ controller }) => controller);
  return [...new Set(judged)].flatMap((controller) =>
    byCause(target, id, gateway, ({ rule, listener }) => {
      if (controller.startsWith(ENVOY_GATEWAY)) {
        return askedByEnvoyGateway({ route, rule, gateway, listener, controller }, view);
      }
      if (controller === ISTIO) return askedByIstio(gateway, view);
      return relyOnFilters(routes, id, view) ? askedByFilters(route, rule, id, view) : ASKED;
    }),
  );
}

interface Part {
  readonly rule: string;
  readonly listener: string;
}

/** Rules of one name, or of none, have the same policies. */
function partsAt(route: Route, id: string, gateway: Gateway): readonly Part[] {
  const names = attachedListeners(route, id, gateway)
    .filter(({ hostname }) => attachedHosts(route, hostname).length > 0)
    .map(({ name }) => name);
  const listeners = names.length === 0 ? [''] : [...new Set(names)];
  const rules = [...new Set(route.rules.map(({ name }) => name))];
  return (rules.length === 0 ? [''] : rules).flatMap((rule) =>
    listeners.map((listener) => ({ rule, listener })),
  );
}

/** What one cause opens is said once: as a whole, where it opens all of the route. */
function byCause(
  { route, section }: TargetedRoute,
  id: string,
  gateway: Gateway,
  askedAt: (part: Part) => Asked,
): readonly Uncovered[] {
  const all = partsAt(route, id, gateway);
  const causes = new Map<string, { readonly why: string; readonly remedy: string; readonly open: Part[] }>();
  for (const part of all) {
    if (section !== undefined && part.rule !== section) continue;
    const asked = askedAt(part);
    if (asked.kind === 'asked') continue;
    const { why, remedy } = asked;
    const known = causes.get(why);
    if (known === undefined) causes.set(why, { why, remedy, open: [part] });
    else known.open.push(part);
  }
  return [...causes.values()].map(({ why, remedy, open }) => {
    const rules = some(open, all, ({ rule }) => (rule === '' ? 'rules without a name' : `rule ${rule}`));
    const listeners = some(open, all, ({ listener }) => `listener ${listener}`);
    return { place: `${rules}${routeText(route)} at ${listeners}Gateway ${id}`, why, remedy };
  });
}

/** `rule a, rule b of `; empty where it is all of them. */
function some(open: readonly Part[], all: readonly Part[], name: (part: Part) => string): string {
  const names = new Set(open.map(name));
  return names.size === new Set(all.map(name)).size ? '' : `${[...names].sort().join(', ')} of `;
}

const routeText = ({ kind, metadata }: Route): string => `${kind} ${metadata.namespace}/${metadata.name}`;
