/** One watch: the API server's stream of events, read as they come. */

import { isJsonObject, type JsonValue, parseJson } from '../base/json.ts';
import { readText } from './call.ts';
import {
  type CallSubject,
  type Failed,
  failed,
  type KubernetesError,
  type Outcome,
  ok,
  refusedByServer,
  unreachable,
} from './errors.ts';
import { lines } from './lines.ts';
import { isKubernetesObject, type KubernetesObject } from './object.ts';
import type { HttpTransport } from './transport.ts';

export type WatchEvent =
  | { readonly kind: 'added' | 'modified' | 'deleted'; readonly object: KubernetesObject }
  /** Nothing has changed, and everything up to here is known. */
  | { readonly kind: 'bookmark'; readonly resourceVersion: string }
  /** The last one, where the stream does not simply end. */
  | { readonly kind: 'error'; readonly error: KubernetesError };

/** Ends with the server's end of it, after an `error`, or when the signal aborts, which is an `error` of kind Aborted. */
export async function openWatch(
  transport: HttpTransport,
  path: string,
  subject: CallSubject,
  signal: AbortSignal,
  userAgent: string,
): Promise<Outcome<AsyncIterable<WatchEvent>>> {
  try {
    const headers = { accept: 'application/json', 'user-agent': userAgent };
    const response = await transport.send({ method: 'GET', path, headers, signal });
    if (response.status === 200) return ok(events(response.body, subject, signal));
    const body = parseJson((await readText(response.body)) ?? '');
    return refusedByServer(subject, response.status, body, response.retryAfter);
  } catch (error) {
    return broken(subject, error, signal);
  }
}

async function* events(
  body: AsyncIterable<Uint8Array>,
  subject: CallSubject,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
  try {
    for await (const line of lines(body)) {
      const event = readEvent(parseJson(line), subject);
      yield event;
      if (event.kind === 'error') return;
    }
  } catch (error) {
    yield { kind: 'error', error: broken(subject, error, signal).error };
  }
}

const KINDS = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted' } as const;

function readEvent(value: JsonValue | undefined, subject: CallSubject): WatchEvent {
  const { type, object } = isJsonObject(value) ? value : {};
  if (type === 'ERROR') {
    const code = isJsonObject(object) && typeof object.code === 'number' ? object.code : 500;
    return { kind: 'error', error: refusedByServer(subject, code, object).error };
  }
  if (type === 'BOOKMARK') {
    const metadata = isJsonObject(object) && isJsonObject(object.metadata) ? object.metadata : {};
    if (typeof metadata.resourceVersion === 'string') {
      return { kind: 'bookmark', resourceVersion: metadata.resourceVersion };
    }
  }
  if ((type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') && isKubernetesObject(object)) {
    return { kind: KINDS[type], object };
  }
  const { error } = failed('Unexpected', `${subject.what}: an event that is none of a watch's`);
  return { kind: 'error', error };
}

function broken(subject: CallSubject, error: unknown, signal: AbortSignal): Failed {
  return signal.aborted
    ? failed('Aborted', `${subject.what}: no longer wanted`)
    : unreachable(subject, error);
}
