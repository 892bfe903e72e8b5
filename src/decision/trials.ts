/** Which Trial is judged on a request, beside the binding that decides; and where one stands alone, and decides as Audit. */

import { namespaceOf } from '../base/object-id.ts';
import { routeKey } from '../policy/route-key.ts';
import type { PreparedBinding } from './binding.ts';
import { type ChooseBinding, chooser } from './choose.ts';
import type { MatchedRoute } from './decision.ts';

export interface WithTrials {
  /** The binding that decides: a Trial only where no other applies. */
  readonly bindingFor: ChooseBinding;
  /** The Trial for the request, whether it stands alone or not; undefined where the policy has none at all. */
  readonly trialFor: ChooseBinding | undefined;
}

/**
 * A Trial opens no door that is shut without it. So it stands alone only where nothing that decides has a say whatever
 * host a client names: at a port that no other binding guards, by a route that none is bound to, or, where a gateway
 * names no route, for a host that the Trial's own routes alone have.
 */
export function withTrials(
  bindings: readonly PreparedBinding[],
  trials: readonly PreparedBinding[],
): WithTrials {
  const decides = chooser(bindings);
  if (trials.length === 0) return { bindingFor: decides, trialFor: undefined };
  const tries = chooser(trials);
  const routes = new Set(bindings.flatMap(routesOf));
  const isAlone = (
    trial: PreparedBinding,
    host: string,
    port: number | undefined,
    route: MatchedRoute | 'Unreadable' | undefined,
  ): boolean => {
    const { atGateway } = trial.policy;
    if (atGateway === undefined) return !bindings.some((binding) => guards(binding, port));
    if (route === undefined) return atGateway.hosts.includes(host);
    return route !== 'Unreadable' && !routes.has(wholeRoute(route.namespace, route));
  };
  return {
    trialFor: tries,
    bindingFor: (host, port, route) => {
      const binding = decides(host, port, route);
      if (binding !== undefined) return binding;
      const trial = tries(host, port, route);
      return trial !== undefined && isAlone(trial, host, port, route) ? trial : undefined;
    },
  };
}

function guards({ policy: { ports } }: PreparedBinding, port: number | undefined): boolean {
  return port === undefined || ports.length === 0 || ports.includes(port);
}

/** A rule of a route counts as all of it. */
const wholeRoute = (namespace: string, { kind, name }: Pick<MatchedRoute, 'kind' | 'name'>): string =>
  routeKey(namespace, { kind, name });

const routesOf = ({ policy: { id, atGateway } }: PreparedBinding): readonly string[] =>
  (atGateway?.routes ?? []).map((route) => wholeRoute(namespaceOf(id), route));
