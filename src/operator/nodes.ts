/** Whom it concerns that a node is ready, or is no longer: status counts the validators on ready nodes alone. */

import type { Change, Policies } from '../planning/policies.ts';
import type { PolicyServer } from './server/server.ts';

const NONE: ReadonlySet<string> = new Set();

/** The answer looks at changes, all of them and in order, and names the bindings whose status may be another one. */
export function followNodes(
  { store, targets, lastForGateway }: Policies,
  { validators }: Pick<PolicyServer, 'validators'>,
): (changes: readonly Change[]) => ReadonlySet<string> {
  const ready = new Set(
    store
      .all('Node')
      .entries()
      .flatMap(([id, node]) => (node.ready ? [id] : [])),
  );

  const changedIn = (changes: readonly Change[]): ReadonlySet<string> => {
    const nodes = new Set<string>();
    for (const change of changes) {
      if (change.kind !== 'Node') continue;
      const isReady = change.object?.ready === true;
      if (isReady === ready.has(change.id)) continue;
      nodes.add(change.id);
      if (isReady) ready.add(change.id);
      else ready.delete(change.id);
    }
    return nodes;
  };

  /** Of a gateway whose policy is still to be compiled the bindings are told of then. */
  const atGateways = (isThere: (pod: string) => boolean): readonly string[] =>
    [...validators.gateways()].flatMap((gateway) => {
      if (!validators.gatewayPods(gateway).some(isThere)) return [];
      const update = lastForGateway(gateway);
      return update === undefined || update === 'behind' ? [] : update.policy.bindings.map(({ id }) => id);
    });

  return (changes) => {
    const nodes = changedIn(changes);
    // Nodes tell of themselves all the time: pods are gone through only where one has become another.
    if (nodes.size === 0) return NONE;
    const bindings = new Set(atGateways((pod) => nodes.has(store.get('Pod', pod)?.node ?? '')));
    for (const [id, { node }] of store.all('Pod')) {
      if (nodes.has(node)) for (const { binding } of targets.guards(id)) bindings.add(binding);
    }
    return bindings;
  };
}
