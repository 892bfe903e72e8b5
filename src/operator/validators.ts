/** What follows from the polls of validators: which bindings still wait for one, and which gateways need a policy. */

import type { PlanningChange, Policies } from '../planning/policies.ts';
import type { Registry } from './server/registry.ts';

/** Whether a validator that counts for a binding, and runs, has not polled yet. */
export function createIsAwaited(
  { store, targets, gatewaysOf }: Pick<Policies, 'store' | 'targets' | 'gatewaysOf'>,
  { reportOf, gatewayPods }: Pick<Registry, 'reportOf' | 'gatewayPods'>,
): (binding: string) => boolean {
  const isSilent = (id: string): boolean => {
    const pod = store.get('Pod', id);
    if (pod === undefined || !pod.ready || pod.deleting || !pod.sidecars.validator) return false;
    return reportOf(id, pod.metadata.uid) === undefined;
  };
  /** Bindings of the same pods have the very same set: so bindings that are looked at together share one result. */
  const known = new Map<ReadonlySet<string>, boolean>();
  return (binding) => {
    const pods = targets.podsOf(binding);
    if (known.size === 0) queueMicrotask(() => known.clear());
    const isAwaited = known.get(pods) ?? pods.values().some(isSilent);
    known.set(pods, isAwaited);
    return isAwaited || gatewaysOf(binding).some((gateway) => gatewayPods(gateway).length === 0);
  };
}

export interface SharedGateways {
  /** Validators ask for these gateways now, and for no others. `tellsRoutes`: as in `Registry`. */
  set(gateways: ReadonlySet<string>, tellsRoutes: (gateway: string) => boolean | undefined): void;
  /** No policy is compiled for any of them: the next leader learns from its own validators which ones are asked for. */
  clear(): void;
}

/** Has a policy compiled for each gateway that validators ask for. */
export function createSharedGateways(loop: {
  readonly put: (changes: readonly PlanningChange[]) => void;
  readonly flush: () => void;
}): SharedGateways {
  /** By gateway, whether it tells routes. */
  const active = new Map<string, boolean | undefined>();
  const put = (id: string, tellsRoutes: boolean | undefined): void => {
    active.set(id, tellsRoutes);
    loop.put([
      { kind: 'SharedGateway', id, active: true, ...(tellsRoutes !== undefined && { tellsRoutes }) },
    ]);
  };
  const remove = (id: string): void => {
    active.delete(id);
    loop.put([{ kind: 'SharedGateway', id, active: false }]);
  };
  return {
    set(gateways, tellsRoutes) {
      const hasMore = gateways.difference(active).size > 0;
      for (const id of active.keys()) if (!gateways.has(id)) remove(id);
      for (const id of gateways) {
        const tells = tellsRoutes(id);
        if (!active.has(id) || active.get(id) !== tells) put(id, tells);
      }
      // Its validators wait for the policy already.
      if (hasMore) loop.flush();
    },
    clear() {
      for (const id of active.keys()) remove(id);
    },
  };
}
