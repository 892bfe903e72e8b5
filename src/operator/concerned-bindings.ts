/** Which bindings may have another status after changes, and after the poll of a validator. */

import { namespaceOf } from '../base/object-id.ts';
import type { PlanningChange, Policies } from '../planning/policies.ts';
import { createAskingChanges } from './asking-changes.ts';
import type { Published } from './loop.ts';
import type { Validator } from './server/registry.ts';

export interface ConcernedParts {
  readonly policies: Policies;
  /** Gateways that validators ask for, and the pods of those validators. */
  readonly gateways: () => Iterable<string>;
  readonly gatewayPods: (gateway: string) => readonly string[];
}

export interface ConcernedBindings {
  /** Must be called with everything that is published, in order. */
  after(published: Pick<Published, 'bindings' | 'changes'>): ReadonlySet<string>;
  ofValidator(validator: Pick<Validator, 'pod' | 'gateway'>): ReadonlySet<string>;
}

export function createConcernedBindings(parts: ConcernedParts): ConcernedBindings {
  const { policies, gateways, gatewayPods } = parts;
  const { store, targets } = policies;
  const askingChanges = createAskingChanges({ store, gateways, gatewayPods });
  const readyNodes = new Set(
    store
      .all('Node')
      .entries()
      .flatMap(([id, node]) => (node.ready ? [id] : [])),
  );

  /** Nodes that have become ready, or unready: status counts the validators on ready nodes alone. */
  const changedNodes = (changes: readonly PlanningChange[]): ReadonlySet<string> => {
    const nodes = new Set<string>();
    for (const change of changes) {
      if (change.kind !== 'Node') continue;
      const isReady = change.object?.ready === true;
      if (isReady === readyNodes.has(change.id)) continue;
      nodes.add(change.id);
      if (isReady) readyNodes.add(change.id);
      else readyNodes.delete(change.id);
    }
    return nodes;
  };

  const atGateway = (gateway: string): readonly string[] => {
    const update = policies.lastForGateway(gateway);
    // When a first policy is compiled, its bindings are published with it.
    if (update === undefined || update === 'behind') return [];
    const { bindings, trials = [] } = update.policy;
    return [...bindings, ...trials].map(({ id }) => id);
  };

  const atPod = (pod: string): readonly string[] => targets.guards(pod).map(({ binding }) => binding);

  const onNodes = (nodes: ReadonlySet<string>): readonly string[] => {
    // Nodes report their state all the time: all pods are looked at only where a node's readiness has changed.
    if (nodes.size === 0) return [];
    const isThere = (pod: string): boolean => nodes.has(store.get('Pod', pod)?.node ?? '');
    const withPods = [...gateways()].filter((gateway) => gatewayPods(gateway).some(isThere));
    const pods = [...store.all('Pod')].flatMap(([id, { node }]) => (nodes.has(node) ? [id] : []));
    return [...withPods.flatMap(atGateway), ...pods.flatMap(atPod)];
  };

  return {
    after({ bindings, changes }) {
      const covered = askingChanges(changes);
      return new Set([
        ...bindings,
        ...bindingsIn(covered.namespaces.union(networkPolicyNamespaces(changes)), policies),
        ...[...covered.gateways].flatMap(atGateway),
        ...onNodes(changedNodes(changes)),
        // The status of a binding says which of its sources are not ready.
        ...sourcesIn(changes, policies).flatMap((source) => [...policies.namedBy(source)]),
      ]);
    },
    ofValidator: ({ pod, gateway }) =>
      new Set([...(gateway === undefined ? [] : atGateway(gateway)), ...atPod(pod)]),
  };
}

/**
 * Sources whose own readiness may have changed. Those with another user alone are left out: a whole cluster may use one
 * source.
 */
function sourcesIn(changes: readonly PlanningChange[], { sources }: Policies): readonly string[] {
  const ids = changes.flatMap((change) => {
    if (change.kind === 'AuthenticationSource') return change.id;
    return change.kind === 'Keys' ? (sources.withUid(change.uid) ?? []) : [];
  });
  return [...new Set(ids)];
}

/** A NetworkPolicy may close a port that capture leaves open. */
const networkPolicyNamespaces = (changes: readonly PlanningChange[]): ReadonlySet<string> =>
  new Set(changes.flatMap((change) => (change.kind === 'NetworkPolicy' ? [namespaceOf(change.id)] : [])));

function bindingsIn(namespaces: ReadonlySet<string>, { store }: Policies): readonly string[] {
  if (namespaces.size === 0) return [];
  return [...store.all('ApiBinding').keys()].filter((id) => namespaces.has(namespaceOf(id)));
}
