/** Which bindings make up the policy of a pod, and of a workload without pods. */

import type { Guard } from '../targets/guards.ts';
import type { PortWish } from '../targets/ports.ts';
import type { Resolution } from '../targets/resolve.ts';
import type { SetMember } from './compile-set.ts';

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

function membersOf(all: readonly Guard[]): PodMembers {
  const isTried = all.every(({ isTrial }) => isTrial);
  // Of a Trial whose ports are not known none is its own: it must not stand alone at one that the others leave shut.
  const guards = all.filter((guard) => isTried || guard.isTrial !== true || isKnown(guard));
  const key = guards
    .map(({ binding, ports, problem }) => {
      const numbers = ports.map(({ port }) => port).join('+');
      return problem === undefined ? `${binding}@${numbers}` : `${binding}@${numbers}!${problem.reason}`;
    })
    .join(' ');
  // Without the message: it names a pod, and one policy serves all pods of the set.
  return { key: `pods ${key}`, members: () => guards.map(podMember) };
}

const isKnown = ({ ports, problem }: Guard): boolean => problem === undefined && ports.length > 0;

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
