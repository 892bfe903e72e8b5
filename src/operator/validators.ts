/** What validators say, and whom it concerns. */

import type { Policies } from '../planning/policies.ts';
import type { Hearing } from './hearing.ts';
import type { Loop } from './loop.ts';
import type { PolicyServer } from './server/server.ts';

/** Whether somebody who counts for a binding, and is there, has not said anything. */
export function createAwaiting(
  { store, targets, gatewaysOf }: Policies,
  { validators }: PolicyServer,
): (binding: string) => boolean {
  const isSilent = (id: string): boolean => {
    const pod = store.get('Pod', id);
    if (pod === undefined || !pod.ready || pod.deleting || !pod.sidecars.validator) return false;
    return validators.said(id, pod.metadata.uid) === undefined;
  };
  /** Bindings of the same pods have the very same set of them: for all that are asked for at once it is looked at once. */
  const known = new Map<ReadonlySet<string>, boolean>();
  return (binding) => {
    const pods = targets.podsOf(binding);
    if (known.size === 0) queueMicrotask(() => known.clear());
    const isAwaited = known.get(pods) ?? pods.values().some(isSilent);
    known.set(pods, isAwaited);
    return isAwaited || gatewaysOf(binding).some((gateway) => validators.gatewayPods(gateway).length === 0);
  };
}

/** A validator that says something new counts for the bindings that it enforces; a gateway that nobody asks for, for none. */
export function followValidators(
  server: PolicyServer,
  policies: Policies,
  { put, flush }: Pick<Loop, 'put' | 'flush'>,
  told: Pick<Hearing, 'bindings'>,
): () => void {
  const active = new Set<string>();
  const end = server.onValidator(({ pod, gateway }) => {
    const wanted = server.validators.gateways();
    for (const id of wanted) {
      if (active.has(id)) continue;
      active.add(id);
      put([{ kind: 'SharedGateway', id, active: true }]);
      flush();
    }
    for (const id of active) {
      if (wanted.has(id)) continue;
      active.delete(id);
      put([{ kind: 'SharedGateway', id, active: false }]);
    }
    const update = gateway === undefined ? undefined : policies.lastForGateway(gateway);
    // When it is compiled, its bindings are told of anyway.
    if (update !== undefined && update !== 'behind')
      told.bindings(update.policy.bindings.map(({ id }) => id));
    told.bindings(policies.targets.guards(pod).map(({ binding }) => binding));
  });
  return () => {
    end();
    // The next term hears for itself who asks.
    for (const id of active) put([{ kind: 'SharedGateway', id, active: false }]);
  };
}
