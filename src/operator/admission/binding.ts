/** What there is to say of an ApiBinding, with and without the objects around it. */

import { partition } from '../../base/partition.ts';
import type { StoredBinding } from '../../cluster/objects.ts';
import { compileBinding } from '../../compiler/binding.ts';
import { bindingFacts, type CheckedBinding, type SourceReference } from '../../compiler/binding-facts.ts';
import { type Conflict, type Contender, findConflicts, trialsAlone } from '../../compiler/conflicts.ts';
import { permits } from '../../compiler/grants.ts';
import type { Issue } from '../../compiler/issues.ts';
import type { ApiBinding, AuthenticationSource } from '../../resources/types.gen.ts';
import { few } from '../../status/texts.ts';
import { type PodSelection, resolveTargets } from '../../targets/resolve.ts';
import type { Remark } from './decision.ts';
import type { View } from './view.ts';

export type ReadBinding = Extract<StoredBinding, { kind: 'typed' }>;

/** What follows from the binding alone. */
export function bindingItself({ object }: ReadBinding): readonly Issue[] {
  return bindingFacts(object).issues;
}

/** The same and what its neighbours add: sources, older bindings. */
export function bindingAmongOthers({ object }: ReadBinding, view: View): readonly Issue[] {
  const facts = bindingFacts(object);
  const { permitted, refused } = resolveSources(facts, view);
  const [own, ...others] = contendersOf(object, view);
  return compileBinding(object, {
    permitted,
    refused,
    hosts: facts.hosts,
    ports: facts.ports,
    atGateway: undefined,
    conflict: conflictOf(own, others),
    unenforceable: undefined,
    isTriedAlone: trialsAlone([own, ...others]).has(facts.id),
    hasRoom: true,
  }).issues;
}

function resolveSources(
  { namespace, sources }: CheckedBinding,
  { store }: View,
): { readonly permitted: readonly AuthenticationSource[]; readonly refused: readonly SourceReference[] } {
  const known = store.get('Namespace', namespace);
  const permitted = new Set<AuthenticationSource>();
  const refused: SourceReference[] = [];
  for (const reference of sources) {
    const source = store.get('AuthenticationSource', reference.id);
    if (source?.kind === 'typed' && permits(source.object, namespace, known)) {
      permitted.add(source.object);
    } else {
      refused.push(reference);
    }
  }
  return { permitted: [...permitted], refused };
}

/** The binding itself, and then the others of its namespace: there its targets are. */
function contendersOf(object: ApiBinding, view: View): readonly [own: Contender, ...others: Contender[]] {
  const others: Contender[] = [];
  for (const stored of view.store.all('ApiBinding').values()) {
    if (stored.kind === 'refused' || stored.metadata.namespace !== object.metadata.namespace) continue;
    if (stored.metadata.name !== object.metadata.name) others.push(contender(stored.object));
  }
  return [contender(object), ...others];
}

/** With an older binding, at a target that both name. */
function conflictOf(own: Contender, others: readonly Contender[]): Conflict | undefined {
  const rivals = connected(own, others).toSorted((a, b) => (a.facts.age < b.facts.age ? -1 : 1));
  return findConflicts(rivals, 'ByTarget').get(own.facts.id);
}

function contender(object: ApiBinding): Contender {
  const facts = bindingFacts(object);
  return { facts, hosts: facts.hosts, ports: facts.ports };
}

/** Those that share a target with it, or with one of those, and so on: which of them hold a host is decided among them. */
function connected(own: Contender, others: readonly Contender[]): readonly Contender[] {
  const found = [own];
  const targets = new Set(own.facts.targets);
  let rest = others;
  for (;;) {
    const [joined, apart] = partition(rest, ({ facts }) =>
      facts.targets.some((target) => targets.has(target)),
    );
    if (joined.length === 0) return found;
    found.push(...joined);
    for (const { facts } of joined) for (const target of facts.targets) targets.add(target);
    rest = apart;
  }
}

/** What keeps its targets from being guarded, as far as they are there. */
export function bindingTargets(binding: ReadBinding, view: View): readonly Remark[] {
  const lookup = { get: view.store.get, routeApi: view.hasRouteApi() };
  const field = binding.object.spec.podSelector === undefined ? 'spec.targetRefs' : 'spec.podSelector';
  const { problems, selections } = resolveTargets(binding, lookup);
  return [...problems.map((problem) => ({ ...problem, field })), ...openPorts(selections, view)];
}

/** Where nothing says which ports of a Service to guard: the author of the binding may think that all of them are guarded. */
function openPorts(selections: readonly PodSelection[], { store }: View): readonly Remark[] {
  const wishes = selections.flatMap(({ ports }) => (ports.kind === 'targets' ? [ports] : []));
  return [...Map.groupBy(wishes, ({ service }) => service)].flatMap(([id, wishesOfOne]) => {
    const guarded = new Set(wishesOfOne.flatMap(({ targets }) => targets.map(({ target }) => target)));
    const open = (store.get('Service', id)?.ports ?? []).filter(({ targetPort }) => !guarded.has(targetPort));
    if (open.length === 0) return [];
    const names = open.map(({ name, targetPort }) =>
      name === '' ? `${targetPort}` : `${targetPort} (${name})`,
    );
    return [
      {
        reason: 'PortsUnguarded',
        field: 'spec.ports',
        message: `Service ${id} has ports that pass unguarded, for they do not say http, h2c or grpc: ${few(names)}`,
        remedy: 'name the container ports to guard, also if these are all',
      },
    ];
  });
}
