/** What validators say, and whom it concerns. */

import type { Control } from './control.ts';
import type { Hearing } from './hearing.ts';
import type { Policies } from './policies/policies.ts';
import type { PolicyServer } from './server/server.ts';

/** Somebody who counts for the binding, and is there, has not said anything. */
export function awaitsValidator(
  binding: string,
  { store, targets, gatewaysOf }: Policies,
  { validators }: PolicyServer,
) {
  for (const id of targets.podsOf(binding)) {
    const pod = store.get('Pod', id);
    if (pod === undefined || !pod.ready || pod.deleting || !pod.sidecars.validator) continue;
    if (validators.said(id, pod.metadata.uid) === undefined) return true;
  }
  return gatewaysOf(binding).some((gateway) => validators.gatewayPods(gateway).length === 0);
}

/** A validator that says something new counts for the bindings that it enforces; a gateway that nobody asks for, for none. */
export function followValidators(
  server: PolicyServer,
  { policies, put, flush }: Control,
  told: Pick<Hearing, 'bindings'>,
): () => void {
  const active = new Set<string>();
  const end = server.onValidator(({ pod, gateway }) => {
    const wanted = server.validators.gateways();
    for (const id of wanted) {
      if (active.has(id)) continue;
      active.add(id);
      put({ kind: 'SharedGateway', id, active: true });
      flush();
    }
    for (const id of active) {
      if (wanted.has(id)) continue;
      active.delete(id);
      put({ kind: 'SharedGateway', id, active: false });
    }
    const { bindings = [] } =
      (gateway === undefined ? undefined : policies.forGateway(gateway)?.policy) ?? {};
    told.bindings(bindings.map(({ id }) => id));
    told.bindings(policies.targets.guards(pod).map(({ binding }) => binding));
  });
  return () => {
    end();
    // The next term hears for itself who asks.
    for (const id of active) put({ kind: 'SharedGateway', id, active: false });
  };
}
