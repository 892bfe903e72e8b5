/** For tests: one Lease on an API server that compares and swaps, and connections that can be cut. */

import { sleep } from '../../base/clock.ts';
import type { JsonObject } from '../../base/json.ts';
import type { FakeClock } from '../../base/testing/clock.ts';
import type { CallOptions, Draft, KubernetesClient } from '../client.ts';
import { failed, type Outcome, ok } from '../errors.ts';
import { type LeaseRecord, readLease } from '../lease.ts';
import type { KubernetesObject } from '../object.ts';

export type LeaseClient = Pick<KubernetesClient, 'get' | 'create' | 'replace'>;

export interface Line {
  readonly client: LeaseClient;
  /** Requests no longer arrive; `answers`: they do, but their answers do not. */
  cut: 'no' | 'requests' | 'answers';
  /** Milliseconds to the API server, and as many back. */
  delay: number;
}

export interface LeaseServer {
  line(): Line;
  record(): LeaseRecord | undefined;
  /** Good writes so far. */
  writes(): number;
  remove(): void;
}

export function leaseServer(clock: FakeClock): LeaseServer {
  let stored: KubernetesObject | undefined;
  let version = 0;
  let writes = 0;

  const store = (draft: Draft): Outcome<KubernetesObject> => {
    version += 1;
    writes += 1;
    const spec = typeof draft.spec === 'object' ? draft.spec : null;
    const { name, namespace } = draft.metadata;
    const metadata = { name, ...(namespace && { namespace }), uid: 'u', resourceVersion: String(version) };
    stored = { metadata, spec };
    return ok(stored);
  };
  const verbs = {
    get: (): Outcome<KubernetesObject> => (stored === undefined ? failed('NotFound', 'x') : ok(stored)),
    create: (draft: Draft) => (stored === undefined ? store(draft) : failed('AlreadyExists', 'x')),
    replace: (draft: Draft) => {
      const metadata: JsonObject = draft.metadata;
      if (stored === undefined) return failed('NotFound', 'x');
      if (stored.metadata.resourceVersion !== metadata.resourceVersion) return failed('Conflict', 'x');
      return store(draft);
    },
  };

  return {
    line() {
      const travel = (milliseconds: number) => (milliseconds > 0 ? sleep(clock, milliseconds) : undefined);
      const send = async (
        act: () => Outcome<KubernetesObject>,
        { signal, timeoutMilliseconds = 30_000 }: CallOptions = {},
      ): Promise<Outcome<KubernetesObject>> => {
        if (signal?.aborted) return failed('Aborted', 'x');
        const { cut, delay } = line;
        // As the client does: it waits so long and no longer, and not at all for what it has called off.
        const done = new AbortController();
        const patience = sleep(
          clock,
          timeoutMilliseconds,
          AbortSignal.any([done.signal, ...(signal === undefined ? [] : [signal])]),
        );
        const arrives = Promise.withResolvers<Outcome<KubernetesObject>>();
        const exchange = async (): Promise<void> => {
          if (cut === 'requests') return;
          // What is on its way arrives, whoever has lost interest in it.
          await travel(delay);
          const outcome = act();
          if (cut === 'answers') return;
          await travel(delay);
          arrives.resolve(outcome);
        };
        void exchange();
        const answer = await Promise.race([arrives.promise, patience]);
        done.abort();
        if (signal?.aborted) return failed('Aborted', 'x');
        return answer ?? failed('Timeout', 'x');
      };
      const line: Line = {
        client: {
          get: (_, __, options) => send(verbs.get, options),
          create: (_, draft, options) => send(() => verbs.create(draft), options),
          replace: (_, draft, options) => send(() => verbs.replace(draft), options),
        },
        cut: 'no',
        delay: 0,
      };
      return line;
    },
    record: () => (stored === undefined ? undefined : readLease(stored)),
    writes: () => writes,
    remove() {
      stored = undefined;
    },
  };
}
