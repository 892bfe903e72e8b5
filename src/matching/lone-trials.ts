/**
 * Where Trials stand alone, and are bindings in mode Audit. A Trial opens no door that is shut without it: so nothing that
 * decides may have a say there, whatever host a client names. That is at a port that it names and no other binding guards,
 * by a route that none is bound to, or, where a gateway names no route, for a host that no other has, if none is bound to
 * a route of the Trial.
 */

import { namespaceOf } from '../base/object-id.ts';
import type { GatewayChoice } from '../policy/gateway-choice.ts';
import type { BindingPolicy } from '../policy/policy.ts';
import { routeKey } from '../policy/route-key.ts';
import { hostMatches } from './hosts.ts';

/** Those that stand alone somewhere, each with its ports, routes and hosts there. */
export const loneTrials = (
  trials: readonly BindingPolicy[],
  deciding: readonly BindingPolicy[],
): readonly BindingPolicy[] => trials.flatMap((trial) => alone(trial, deciding));

function alone(trial: BindingPolicy, deciding: readonly BindingPolicy[]): readonly BindingPolicy[] {
  const { atGateway, ports } = trial;
  if (atGateway !== undefined) return aloneAtGateway(trial, atGateway, deciding);
  if (deciding.length === 0) return [trial];
  if (ports.length === 0 || deciding.some((binding) => binding.ports.length === 0)) return [];
  const taken = new Set(deciding.flatMap((binding) => binding.ports));
  const left = ports.filter((port) => !taken.has(port));
  return left.length === 0 ? [] : [{ ...trial, ports: left }];
}

function aloneAtGateway(
  trial: BindingPolicy,
  { routes, hosts }: GatewayChoice,
  deciding: readonly BindingPolicy[],
): readonly BindingPolicy[] {
  const taken = new Set(deciding.flatMap(({ id, atGateway }) => (atGateway?.routes ?? []).map(wholeOf(id))));
  const left = routes.filter((route) => !taken.has(wholeOf(trial.id)(route)));
  // Where another is bound to one of its routes, a host may be meant for that one.
  const ownHosts = left.length < routes.length ? [] : hosts;
  const choice: GatewayChoice = {
    routes: left,
    hosts: ownHosts.filter((host) => isExact(host) && !deciding.some((binding) => mayDecide(binding, host))),
  };
  return choice.routes.length + choice.hosts.length === 0 ? [] : [{ ...trial, atGateway: choice }];
}

const wholeOf =
  (id: string) =>
  ({ kind, name }: GatewayChoice['routes'][number]): string =>
    routeKey(namespaceOf(id), { kind, name });

const isExact = (host: string): boolean => host !== '' && !host.startsWith('*.');

/** Also where it decides only if it is known which route matched. */
const mayDecide = ({ atGateway, hosts }: BindingPolicy, host: string): boolean =>
  hostMatches(hosts, host) ||
  (atGateway?.hosts ?? []).some((pattern) => pattern === '' || hostMatches([pattern], host));
