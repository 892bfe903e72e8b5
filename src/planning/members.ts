/** Which bindings make up the policy of a pod, of a workload without pods, and of a gateway. */

import type { Store } from '../cluster/store.ts';
import { bindingFacts } from '../compiler/binding-facts.ts';
import { type HostIndex, hostIndex } from '../matching/hosts.ts';
import { bindingHosts, type GatewayHosts, keptHosts, unboundHosts } from '../targets/gateways.ts';
import type { Guard } from '../targets/guards.ts';
import { createHostOwners, type HostOwners } from '../targets/host-owners.ts';
import type { Attachment } from '../targets/hosts.ts';
import type { PortWish } from '../targets/ports.ts';
import type { TargetProblem } from '../targets/reasons.ts';
import type { Resolution } from '../targets/resolve.ts';
import type { SetMember, UnboundHosts } from './compile-set.ts';

export interface PodMembers {
  readonly key: string;
  members(): readonly SetMember[];
}

/** Kept by the list of guards, which many pods share. */
const known = new WeakMap<readonly Guard[], PodMembers>();

/** Equal keys have equal members. Guards come sorted by binding. */
export function podMembers(guards: readonly Guard[]): PodMembers {
  const found = known.get(guards) ?? membersOf(guards);
  known.set(guards, found);
  return found;
}

function membersOf(guards: readonly Guard[]): PodMembers {
  const key = guards
    .map(({ binding, ports, problem }) => {
      const numbers = ports.map(({ port }) => port).join('+');
      return problem === undefined ? `${binding}@${numbers}` : `${binding}@${numbers}!${problem.reason}`;
    })
    .join(' ');
  // Without the message: it names a pod, and one policy serves all pods of the set.
  return { key: `pods ${key}`, members: () => guards.map(podMember) };
}

function podMember({ binding, ports, problem }: Guard): SetMember {
  return {
    binding,
    ports: ports.map(({ port }) => port),
    ...(problem !== undefined && { unenforceable: `${problem.reason}: its ports here cannot be guarded` }),
  };
}

/** Of bindings that share a target, as long as no pod says which ports are meant. */
export function targetMembers(
  bindings: Iterable<string>,
  resolution: (binding: string) => Resolution | undefined,
): readonly SetMember[] {
  return [...bindings].sort().map((binding) => ({ binding, ports: foreseenPorts(resolution(binding)) }));
}

/** Ports that are known without a pod; where one is not, any. */
function foreseenPorts(resolution: Resolution | undefined): readonly number[] {
  const found = (resolution?.selections ?? []).map(({ ports }) => foreseen(ports));
  if (found.includes(undefined)) return [];
  return [...new Set(found.flatMap((ports) => ports ?? []))].sort((a, b) => a - b);
}

function foreseen(wish: PortWish): readonly number[] | undefined {
  switch (wish.kind) {
    case 'numbers':
      return wish.ports.map(({ port }) => port);
    case 'targets': {
      const numbers = wish.targets.flatMap(({ target }) => (typeof target === 'number' ? [target] : []));
      return numbers.length === wish.targets.length ? numbers : undefined;
    }
    case 'own':
    case 'unknown':
      return undefined;
  }
}

export interface GatewayMembers {
  readonly members: readonly SetMember[];
  readonly unbound: readonly UnboundHosts[];
  /** By binding. */
  readonly problems: ReadonlyMap<string, TargetProblem>;
}

/** `bindings` are those that one of the attached routes was read for. */
export function gatewayMembers(
  gateway: string,
  attachments: readonly Attachment[],
  bindings: Iterable<string>,
  store: Store,
  resolution: (binding: string) => Resolution | undefined,
): GatewayMembers {
  const members: SetMember[] = [];
  const problems = new Map<string, TargetProblem>();
  const owners = createHostOwners(attachments);
  const claims = claimsOf(gateway, bindings, store, resolution, owners);
  const guarding = guardingIndex(claims, owners);
  const guards = (namespace: string, host: string): boolean =>
    (guarding.get(namespace)?.lookup(host) ?? []).length > 0;
  const bound = new Set<string>();
  for (const { binding, namespace, claimed } of claims) {
    const kept = keptHosts(namespace, claimed.hosts, gateway, owners, guards);
    const problem = claimed.problem ?? kept.problem;
    if (problem !== undefined) problems.set(binding, problem);
    if (claimed.hosts.length === 0) continue;
    // Where it keeps none, it refuses what no other takes; else its namespace's part is judged as it is written.
    const hosts = kept.hosts.length > 0 ? kept.hosts : claimed.hosts;
    for (const host of hosts) bound.add(host);
    members.push({
      binding,
      ports: [],
      hosts,
      ...(kept.hosts.length === 0 &&
        problem !== undefined && { unenforceable: `${problem.reason}: ${problem.message}` }),
    });
  }
  const unbound = unboundHosts(attachments, bound).map(({ route, hosts }) => ({
    name: `${route.kind}/${route.metadata.name}`,
    namespace: route.metadata.namespace,
    hosts,
  }));
  return { members, unbound, problems };
}

interface Claim {
  readonly binding: string;
  readonly namespace: string;
  readonly claimed: GatewayHosts;
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
    const routes = resolution(binding)?.routes ?? [];
    if (stored === undefined || routes.length === 0) return [];
    // What breaks the schema refuses at the hosts that can be read of it.
    const specHosts = stored.kind === 'typed' ? bindingFacts(stored.object).hosts : [];
    const claimed = bindingHosts(specHosts, routes, gateway, owners);
    return claimed === undefined ? [] : [{ binding, namespace: stored.metadata.namespace, claimed }];
  });
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
