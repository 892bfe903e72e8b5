/** Reads what a pod is judged by: at once, or, for a pod that may be earlier than its binding, a moment later. */

import type { Clock } from '../../base/clock.ts';
import type { Store } from '../../cluster/store.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { type Outcome, ok } from '../../kubernetes/errors.ts';
import type { PodCandidate } from './candidate.ts';
import { createHold } from './hold.ts';
import { createNewness } from './newness.ts';
import { createLiveReading, type NamespaceSurroundings, type ReadNamespace } from './surroundings.ts';

export interface NamespaceReadingParts {
  readonly client: Pick<KubernetesClient, 'get' | 'list'>;
  readonly clock: Clock;
  /** The operator's caches: a binding that is the same there need not be checked against the schema again. */
  readonly known: Pick<Store, 'get'>;
}

/** Called, it reads at once. */
export type PodReading = ReadNamespace & {
  /** The same, unless the file that brought the pod's workload may bring its binding too. */
  awaited(candidate: PodCandidate): Promise<Outcome<NamespaceSurroundings>>;
};

/** Never rejects. It fails where anything that might matter cannot be read. */
export function createReading({ client, clock, known }: NamespaceReadingParts): PodReading {
  const reading = createLiveReading({ client, clock, known });
  const hold = createHold({ reading, newness: createNewness({ client, clock }), clock });
  return Object.assign((namespace: string) => reading(namespace), {
    async awaited(candidate: PodCandidate) {
      const arrived = clock.monotonic();
      const first = await reading(candidate.pod.metadata.namespace);
      return first.kind === 'ok' ? ok(await hold(candidate, first.value, arrived)) : first;
    },
  });
}
