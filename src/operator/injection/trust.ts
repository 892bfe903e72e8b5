/** Whether a namespace has the ConfigMap with the authority that its validators trust. */

import { type Clock, sleep } from '../../base/clock.ts';
import { createSingleFlight } from '../../base/single-flight.ts';
import type { KubernetesClient, ObjectList } from '../../kubernetes/client.ts';
import type { Outcome } from '../../kubernetes/errors.ts';
import { CA_CONFIG_MAP } from '../../sidecar/authorities.ts';
import { RESOURCES } from '../resources.ts';

export type Trust = (namespace: string) => Promise<boolean>;

/** Milliseconds: what the leader needs at most to publish it where injection was enabled just now, if there is one. */
const PATIENCE = 500;
const INTERVAL = 50;
const LOOK_LIMIT = 250;

/**
 * Waits a moment for it. A pod that starts before it does not fail, but its kubelet looks again for what was missing
 * only after a minute or two, and until then the validator has no policy.
 */
export function createTrust({
  client,
  clock,
}: {
  readonly client: Pick<KubernetesClient, 'list'>;
  readonly clock: Clock;
}): Trust {
  const looks = createSingleFlight<Outcome<ObjectList>>();
  const look = (namespace: string): Promise<Outcome<ObjectList>> =>
    client.list(
      RESOURCES.ConfigMap,
      { namespace, fieldSelector: `metadata.name=${CA_CONFIG_MAP}` },
      { timeoutMilliseconds: LOOK_LIMIT },
    );
  return async (namespace) => {
    const end = clock.monotonic() + PATIENCE;
    while (clock.monotonic() < end) {
      const answer = await looks(namespace, () => look(namespace));
      // Where that is unknown, the pod does not wait.
      if (answer.kind === 'failed') return true;
      if (answer.value.items.length > 0) return true;
      await sleep(clock, INTERVAL);
    }
    return false;
  };
}
