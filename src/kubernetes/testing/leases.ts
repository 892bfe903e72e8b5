/** For tests: one Lease on an API server that compares and swaps, and connections that can be cut. */

import type { JsonObject } from '../../matching/json.ts';
import type { CallOptions, Draft, KubernetesClient } from '../client.ts';
import { failed, type Outcome, ok } from '../errors.ts';
import { type LeaseRecord, readLease } from '../lease.ts';
import type { KubernetesObject } from '../object.ts';
import { sleep } from '../time.ts';
import type { FakeTime } from './time.ts';

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

export function leaseServer(time: FakeTime): LeaseServer {
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
      const wait = (milliseconds: number, signal?: AbortSignal) =>
        milliseconds > 0 ? sleep(time, milliseconds, signal ?? new AbortController().signal) : undefined;
      const send = async (
        act: () => Outcome<KubernetesObject>,
        { signal, timeoutMilliseconds = 30_000 }: CallOptions = {},
      ): Promise<Outcome<KubernetesObject>> => {
        if (signal?.aborted) return failed('Aborted', 'x');
        const { cut, delay } = line;
        let answer: Outcome<KubernetesObject> = failed('Timeout', 'x');
        if (cut === 'requests') {
          await wait(timeoutMilliseconds, signal);
        } else {
          // What is on its way arrives, whoever has lost interest in it.
          await wait(delay);
          const outcome = act();
          if (cut === 'no') answer = outcome;
          await wait(cut === 'no' ? delay : timeoutMilliseconds, signal);
        }
        return signal?.aborted ? failed('Aborted', 'x') : answer;
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
