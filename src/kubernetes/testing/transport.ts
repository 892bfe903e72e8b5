/** For tests: an API server that is a function. */

import type { JsonValue } from '../../base/json.ts';
import type { HttpRequest, HttpResponse, HttpTransport } from '../transport.ts';

export interface FakeAnswer {
  readonly status?: number;
  readonly body?: JsonValue | string | AsyncIterable<Uint8Array>;
  readonly retryAfter?: string;
}

export interface FakeTransport extends HttpTransport {
  readonly requests: HttpRequest[];
}

/** What `answer` throws is a connection that fails. */
export function fakeTransport(
  answer: (request: HttpRequest) => FakeAnswer | Promise<FakeAnswer>,
): FakeTransport {
  const requests: HttpRequest[] = [];
  return {
    requests,
    async send(request): Promise<HttpResponse> {
      requests.push(request);
      const { status = 200, body = {}, retryAfter } = await answer(request);
      return { status, retryAfter, body: bytes(body) };
    },
    close: async () => {},
  };
}

/** Never answers; fails when the signal aborts, as a real one does. */
export function silence({ signal }: Pick<HttpRequest, 'signal'>): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  if (signal.aborted) reject(signal.reason);
  signal.addEventListener('abort', () => reject(signal.reason));
  return promise;
}

function bytes(body: JsonValue | AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  if (isStream(body)) return body;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (async function* () {
    yield Buffer.from(text);
  })();
}

function isStream(body: JsonValue | AsyncIterable<Uint8Array>): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}
