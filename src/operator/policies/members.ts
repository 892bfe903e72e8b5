/** Which bindings make up the policy of a pod, of a workload without pods, and of a gateway. */

import { bindingFacts } from '../../compiler/binding.ts';
import type { Store } from '../cluster/store.ts';
import { type Attachment, attachedHosts, bindingHosts, unboundHosts } from '../targets/gateways.ts';
import type { Guard } from '../targets/guards.ts';
import type { PortWish } from '../targets/ports.ts';
import type { TargetProblem } from '../targets/reasons.ts';
import type { Resolution } from '../targets/resolve.ts';
import type { SetMember, UnboundHosts } from './compile-set.ts';

/** Equal keys have equal members. Guards come sorted by binding. */
export function podMembers(guards: readonly Guard[]): {
  readonly key: string;
  members(): readonly SetMember[];
} {
  const key = guards
    .map(({ binding, ports, problem }) => {
      const numbers = ports.map(({ port }) => port).join('+');
      return problem === undefined ? `${binding}@${numbers}` : `${binding}@${numbers}!${problem.reason}`;
    })
    .join(' ');
  // The reason alone: its message names a pod, and one policy serves all that have it.
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
  const bound = new Set<string>();
  const attached = attachedHosts(attachments);
  for (const binding of [...bindings].sort()) {
    const stored = store.get('ApiBinding', binding);
    const routes = resolution(binding)?.routes ?? [];
    if (stored === undefined || routes.length === 0) continue;
    // What breaks the schema refuses at the hosts that can be read of it.
    const specHosts = stored.kind === 'typed' ? bindingFacts(stored.object).hosts : [];
    const found = bindingHosts(stored.metadata.namespace, specHosts, routes, gateway, attached);
    if (found === undefined) continue;
    const { hosts, problem } = found;
    if (problem !== undefined) problems.set(binding, problem);
    if (hosts.length === 0) continue;
    for (const host of hosts) bound.add(host);
    members.push({
      binding,
      ports: [],
      hosts,
      ...(problem !== undefined && { unenforceable: `${problem.reason}: ${problem.message}` }),
    });
  }
  const unbound = unboundHosts(attachments, bound).map(({ route, hosts }) => ({
    name: `${route.kind}/${route.metadata.name}`,
    namespace: route.metadata.namespace,
    hosts,
  }));
  return { members, unbound, problems };
}
