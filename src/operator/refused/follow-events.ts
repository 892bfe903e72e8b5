/** Follows the Events of one reason. Keeps none of them: callers keep what they need, for a bounded number of objects. */

import type { Clock } from '../../base/clock.ts';
import type { JsonObject } from '../../base/json.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { KubernetesError } from '../../kubernetes/errors.ts';
import type { Cached } from '../../kubernetes/object.ts';
import { startReflector } from '../../kubernetes/reflector.ts';
import { RESOURCES } from '../resources.ts';

export interface FollowEventsParts {
  readonly client: Pick<KubernetesClient, 'list' | 'watch'>;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Events are followed in these; undefined = in all. */
  readonly namespaces: readonly string[] | undefined;
  readonly onProblem: (error: KubernetesError) => void;
}

/** Calls `onEvent` with each Event that the API server selects. Returns a function that ends this. */
export function followEvents(
  { client, clock, random, namespaces, onProblem }: FollowEventsParts,
  fieldSelector: string,
  onEvent: (event: JsonObject) => void,
): () => Promise<void> {
  let isStopped = false;
  const places = namespaces?.map((namespace) => ({ namespace })) ?? [{}];
  const reflectors = places.map((place) =>
    startReflector<Cached>({
      client,
      clock,
      random,
      onProblem,
      resource: RESOURCES.Event,
      selection: { ...place, fieldSelector },
      trim(event) {
        if (!isStopped) onEvent(event);
        return undefined;
      },
      onChange: () => {},
    }),
  );
  return async () => {
    isStopped = true;
    await Promise.all(reflectors.map((reflector) => reflector.stop()));
  };
}
