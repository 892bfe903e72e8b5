/** Reads one watch to its end, and ends it when no event has come for too long. */

import type { Clock } from '../base/clock.ts';
import type { KubernetesClient } from './client.ts';
import { failed, type KubernetesError } from './errors.ts';
import type { WatchQuery } from './query.ts';
import type { Resource } from './resource.ts';
import type { WatchEvent } from './watch.ts';

export interface ReadWatchParts {
  readonly client: Pick<KubernetesClient, 'watch'>;
  readonly clock: Pick<Clock, 'after'>;
  readonly resource: Resource;
  readonly query: WatchQuery;
  /** Seconds of silence after which the connection counts as dead. Called again after each event. */
  readonly patience: () => number;
  /** The server has answered; events come. */
  readonly onOpen: () => void;
  readonly onEvent: (event: Exclude<WatchEvent, { readonly kind: 'error' }>) => void;
}

/** For the answer to begin. */
const OPENING_SECONDS = 15;

/** Returns undefined where the server ended the watch without an error. No timer and no socket are left then. */
export async function readWatch(
  { client, clock, resource, query, patience, onOpen, onEvent }: ReadWatchParts,
  ending: AbortController,
): Promise<KubernetesError | undefined> {
  let silent = 0;
  let cancelTimer = () => {};
  const expectLife = (seconds: number): void => {
    cancelTimer();
    cancelTimer = clock.after(seconds * 1000, () => {
      silent = seconds;
      ending.abort();
    });
  };
  const explain = (error: KubernetesError): KubernetesError => {
    if (silent === 0) return error;
    const what = `watch ${resource.plural}: nothing was heard for ${silent} s, so the connection counts as dead`;
    return failed('Timeout', what).error;
  };

  expectLife(Math.min(OPENING_SECONDS, patience()));
  try {
    const answer = await client.watch(resource, query, ending.signal);
    if (answer.kind === 'failed') return explain(answer.error);
    onOpen();
    expectLife(patience());
    for await (const event of answer.value) {
      if (event.kind === 'error') return explain(event.error);
      if (ending.signal.aborted) break;
      onEvent(event);
      expectLife(patience());
    }
    return undefined;
  } finally {
    cancelTimer();
    ending.abort();
  }
}
