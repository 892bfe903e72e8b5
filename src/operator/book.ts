/** The policies as the policy server reads them. */

import type { Control } from './control.ts';
import type { Entry, PolicyBook } from './server/book.ts';
import { isOver } from './targets/guards.ts';

/** `isRead`: the cluster has been read as it is now. */
export function createBook({ policies, onEffects }: Control, isRead: () => boolean): PolicyBook {
  const podOf = (id: string) => {
    const pod = policies.store.get('Pod', id);
    return pod === undefined || isOver(pod) ? undefined : pod;
  };
  return {
    livePod: (id) => podOf(id)?.metadata.uid,
    policyOf({ pod, gateway }): Entry {
      if (!isRead()) return { kind: 'notReady' };
      if (gateway !== undefined) {
        const update = policies.forGateway(gateway);
        return update === undefined ? { kind: 'unknown' } : { kind: 'policy', update };
      }
      if (podOf(pod) === undefined) return { kind: 'unknown' };
      const update = policies.forPod(pod);
      return update === undefined ? { kind: 'unbound' } : { kind: 'policy', update };
    },
    onChange: (listener) =>
      onEffects(({ pods, gateways }, changes) => {
        const moved = new Set(pods);
        for (const change of changes) if (change.kind === 'Pod') moved.add(change.id);
        if (moved.size + gateways.size > 0) listener({ pods: moved, gateways });
      }),
  };
}
