/** HTTP requests to ports of pods, which may listen on their pod's loopback alone, by port-forward. */

import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { Duplex } from 'node:stream';
import { mapAtOnce } from '../base/at-once.ts';
import type { Clock } from '../base/clock.ts';
import { parseId } from '../base/object-id.ts';
import { failed, type Outcome, ok } from './errors.ts';
import type { PodPort, PortForwarder } from './port-forward.ts';

export interface PodRequest {
  readonly method: 'GET' | 'POST';
  /** With its query. */
  readonly path: string;
  /** JSON. */
  readonly body?: string;
  /** Ends it early, also while its body is read. */
  readonly signal?: AbortSignal;
}

export interface PodAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Must be read to its end, or left by an abort of the signal. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Fails where no answer has begun in time; what comes after that is up to the signal. */
export type PodHttp = (request: PodRequest) => Promise<Outcome<PodAnswer>>;

/** Milliseconds until an answer begins. */
const PATIENCE = 10_000;

/** Each request has a connection of its own. */
export function podHttp(
  forwarder: Pick<PortForwarder, 'open'>,
  pod: PodPort,
  clock: Pick<Clock, 'after'>,
): PodHttp {
  const what = `pod ${pod.namespace}/${pod.name}`;
  return async (asked) => {
    const ending = new AbortController();
    const abort = (): void => ending.abort();
    let isLate = false;
    const cancel = clock.after(PATIENCE, () => {
      isLate = true;
      abort();
    });
    asked.signal?.addEventListener('abort', abort);
    if (asked.signal?.aborted) abort();
    try {
      const opened = await forwarder.open(pod, ending.signal);
      if (opened.kind === 'failed') {
        return isLate ? failed('Timeout', `${what} does not answer within ${PATIENCE / 1000} s`) : opened;
      }
      const { statusCode = 0, headers, ...rest } = await send(opened.value, pod, asked, ending.signal);
      return ok({ status: statusCode, headers, body: rest.body });
    } catch (error) {
      if (isLate) return failed('Timeout', `${what} does not answer within ${PATIENCE / 1000} s`);
      if (ending.signal.aborted) return failed('Aborted', `${what}: no longer wanted`);
      return failed('Unreachable', error instanceof Error ? error.message : `${what} does not answer`);
    } finally {
      cancel();
    }
  };
}

interface Answered {
  readonly statusCode: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: IncomingMessage;
}

function send(
  stream: Duplex,
  { port }: PodPort,
  { method, path, body }: PodRequest,
  signal: AbortSignal,
): Promise<Answered> {
  const { promise, resolve, reject } = Promise.withResolvers<Answered>();
  // Its own words say more than those of the request that it ends.
  stream.once('error', reject);
  const sending = request(
    {
      createConnection: () => stream,
      method,
      path,
      signal,
      headers: {
        host: `127.0.0.1:${port}`,
        connection: 'close',
        ...(body !== undefined && {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        }),
      },
    },
    (answer) => resolve({ statusCode: answer.statusCode, headers: answer.headers, body: answer }),
  );
  sending.once('error', reject);
  sending.end(body);
  return promise;
}

export interface AskedPods<T> {
  readonly told: readonly { readonly pod: string; readonly value: T }[];
  /** Pods that did not answer, and why. */
  readonly silent: readonly { readonly pod: string; readonly why: string }[];
}

/** Connections at a time. */
const AT_ONCE = 16;

/**
 * Asks each; who does not answer hides nobody else.
 *
 * @param pods namespace/name.
 */
export async function askPods<T>(
  pods: readonly string[],
  ask: (pod: { readonly namespace: string; readonly name: string }) => Promise<Outcome<T>>,
): Promise<AskedPods<T>> {
  const answers = await mapAtOnce(pods, AT_ONCE, async (pod) => ({ pod, answer: await ask(parseId(pod)) }));
  return {
    told: answers.flatMap(({ pod, answer }) => (answer.kind === 'ok' ? [{ pod, value: answer.value }] : [])),
    silent: answers.flatMap(({ pod, answer }) =>
      answer.kind === 'failed' ? [{ pod, why: answer.error.message }] : [],
    ),
  };
}
