/** For tests: lists and watches that answer when and what the test says. */

import type { KubernetesClient, ObjectList } from '../client.ts';
import { failed, type Outcome, ok } from '../errors.ts';
import type { KubernetesObject } from '../object.ts';
import type { ListQuery, WatchQuery } from '../query.ts';
import type { WatchEvent } from '../watch.ts';

export interface FakeWatch {
  readonly query: WatchQuery;
  send(...events: readonly WatchEvent[]): void;
  /** As the server does at its timeout. */
  end(): void;
}

export interface FakeWatches {
  readonly client: Pick<KubernetesClient, 'list' | 'watch'>;
  readonly lists: ListQuery[];
  readonly watches: FakeWatch[];
  /** Answers of the lists to come; the last stays. */
  listing(...answers: readonly Outcome<ObjectList>[]): void;
  /** What watches to come are refused with, or undefined. */
  refusing(outcome: Extract<Outcome<never>, { kind: 'failed' }> | undefined): void;
  last(): FakeWatch;
  /** Watches that are still open. */
  open(): number;
}

export const page = (resourceVersion: string, ...items: readonly KubernetesObject[]): Outcome<ObjectList> =>
  ok({ items, resourceVersion, continue: undefined });

export function fakeWatches(): FakeWatches {
  const lists: ListQuery[] = [];
  const watches: FakeWatch[] = [];
  let answers: readonly Outcome<ObjectList>[] = [page('1')];
  let refusal: Extract<Outcome<never>, { kind: 'failed' }> | undefined;
  let open = 0;

  const watch = (query: WatchQuery, signal: AbortSignal): AsyncIterable<WatchEvent> => {
    const waiting: (WatchEvent | 'end')[] = [];
    let wake = () => {};
    const push = (...events: readonly (WatchEvent | 'end')[]) => {
      waiting.push(...events);
      wake();
    };
    const aborted = failed('Aborted', 'no longer wanted');
    signal.addEventListener('abort', () => push({ kind: 'error', error: aborted.error }));
    watches.push({ query, send: push, end: () => push('end') });
    open += 1;
    return (async function* () {
      try {
        for (;;) {
          const next = waiting.shift();
          if (next === 'end') return;
          if (next !== undefined) yield next;
          else {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
        }
      } finally {
        open -= 1;
      }
    })();
  };

  return {
    lists,
    watches,
    client: {
      async list(_, query) {
        lists.push(query);
        const [first, ...others] = answers;
        if (others.length > 0) answers = others;
        return first ?? failed('Unexpected', 'nothing to answer');
      },
      watch: async (_, query, signal) => refusal ?? ok(watch(query, signal)),
    },
    listing(...next) {
      answers = next;
    },
    refusing(outcome) {
      refusal = outcome;
    },
    last() {
      const last = watches.at(-1);
      if (last === undefined) throw new Error('nobody watches');
      return last;
    },
    open: () => open,
  };
}
