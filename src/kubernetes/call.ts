/** One call to the API server and its whole answer, under a time limit; failures are values. */

import { constants } from 'node:buffer';
import { readBytes } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { type JsonValue, parseJson } from '../base/json.ts';
import { type CallSubject, failed, type Outcome, ok, refusedByServer, unreachable } from './errors.ts';
import type { HttpRequest, HttpResponse, HttpTransport } from './transport.ts';

export interface Call extends Omit<HttpRequest, 'signal'> {
  readonly subject: CallSubject;
  /** Ends it early. */
  readonly signal?: AbortSignal | undefined;
  /** For the whole exchange. */
  readonly timeoutMilliseconds: number;
}

export interface CallDeps {
  readonly transport: HttpTransport;
  readonly clock: Pick<Clock, 'after'>;
}

/** A whole collection may come in one answer; longer than this, it is no text that Node.js can hold. */
const MOST_BYTES = constants.MAX_STRING_LENGTH;

/** The JSON that a good answer holds. */
export function call(deps: CallDeps, request: Call): Promise<Outcome<JsonValue>> {
  return limited(deps, request, async (response) => {
    const text = await readText(response.body);
    if (text === undefined) {
      return failed('Unexpected', `${request.subject.what}: the answer has more than ${MOST_BYTES} bytes`);
    }
    const body = parseJson(text);
    if (response.status < 200 || response.status > 299) {
      return refusedByServer(request.subject, response.status, body, response.retryAfter);
    }
    if (body !== undefined) return ok(body);
    return failed('Unexpected', `${request.subject.what}: the answer is not JSON; is this an API server?`);
  });
}

/** Runs `read` on the answer before the time is up; whatever ends it first is named in the failure. */
export async function limited<T>(
  { transport, clock }: CallDeps,
  { subject, signal, timeoutMilliseconds, ...request }: Call,
  read: (response: HttpResponse) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const ending = new AbortController();
  let late = false;
  const abort = () => ending.abort();
  const cancel = clock.after(timeoutMilliseconds, () => {
    late = true;
    abort();
  });
  signal?.addEventListener('abort', abort);
  if (signal?.aborted) abort();
  try {
    if (ending.signal.aborted) return failed('Aborted', `${subject.what}: no longer wanted`);
    return await read(await transport.send({ ...request, signal: ending.signal }));
  } catch (error) {
    if (late) {
      return failed('Timeout', `${subject.what}: no whole answer within ${timeoutMilliseconds / 1000} s`);
    }
    if (ending.signal.aborted) return failed('Aborted', `${subject.what}: no longer wanted`);
    return unreachable(subject, error);
  } finally {
    cancel();
    signal?.removeEventListener('abort', abort);
  }
}

/** Undefined where there is more than `MOST_BYTES`. */
export async function readText(body: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  return (await readBytes(body, MOST_BYTES))?.toString('utf8');
}
