/**
 * Which bindings make up the policy of a gateway. Each has its routes, which choose it where the gateway says what
 * matched; and for requests of which it does not say, the hosts that are its own alone.
 */

import { isDeepStrictEqual } from 'node:util';
import { partition } from '../base/partition.ts';
import type { Store } from '../cluster/store.ts';
import type { GatewayChoice } from '../policy/gateway-choice.ts';
import { type HostsOfRoute, unboundHosts } from '../targets/gateways.ts';
import { createHostOwners } from '../targets/host-owners.ts';
import { type AttachedHost, type Attachment, covers } from '../targets/hosts.ts';
import type { TargetProblem } from '../targets/reasons.ts';
import type { Resolution } from '../targets/resolve.ts';
import type { SetMember, UnboundHosts } from './compile-set.ts';
import { type Claim, claimsOf } from './gateway-claims.ts';
import { keptHosts, takerBy } from './kept-hosts.ts';

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
  const [trials, deciding] = partition(claims, ({ isTrial }) => isTrial);
  const taker = takerBy(deciding, owners);
  const decided = keptHosts(gateway, deciding, taker);
  const bound = new Set([...decided.kept.values()].flat());
  const tried = keptHosts(gateway, trials, takerBy(claims, owners));
  const soleHosts = trials.map((trial): [string, readonly string[]] => {
    const hosts = tried.kept.get(trial.binding) ?? [];
    return [trial.binding, hosts.filter((host) => isMeant(trial, host, bound, attachments))];
  });
  const kept = new Map([...decided.kept, ...soleHosts]);
  const untold = new Map([...decided.untold, ...tried.untold]);
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
  const claimed = new Set(
    deciding.flatMap(({ namespace, claimed: { hosts } }) => hosts.map((host) => `${namespace} ${host}`)),
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
  const sections = deciding.flatMap(({ sections }) => sections);
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

/**
 * Whether a Trial may judge requests for a host of which it is not known which route matched: those that another binding
 * decides, and those that are for its own routes alone. What is shut must not be opened by the Trial of another route.
 */
function isMeant(
  { whole }: Claim,
  host: string,
  bound: ReadonlySet<string>,
  attachments: readonly Attachment[],
): boolean {
  if ([...bound].some((pattern) => covers(pattern, host))) return true;
  const own = attachments.filter(({ route }) => whole.routes.includes(route)).flatMap(({ places }) => places);
  const ownOfHost = own.filter((place) => covers(place.host, host));
  const isOwn = (other: AttachedHost): boolean => ownOfHost.some((place) => goesBefore(place, other));
  return attachments.every(
    ({ route, places }) =>
      places.every((other) => !covers(other.host, host) || isOwn(other)) || whole.routes.includes(route),
  );
}

/** Whether requests for a host of both are for the first alone, whatever their paths. */
const goesBefore = (a: AttachedHost, b: AttachedHost): boolean =>
  a.port === b.port &&
  (a.listener === b.listener ? a.host !== b.host && covers(b.host, a.host) : covers(b.listener, a.listener));
