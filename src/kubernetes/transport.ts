/** The way to the API server: one keep-alive agent for all calls, credentials put on each. */

import type { Socket } from 'node:net';
import { Agent, buildConnector, type Dispatcher, ProxyAgent, request } from 'undici';
import type { ApiServerConnection, ApiServerCredentials, TlsOptions } from './connection.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the root on, with the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** Must be read to its end, or left by an abort of the signal. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface HttpTransport {
  /** Rejects where there is no answer. Knows no time limits: the signal is all that ends it early. */
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Ends what is under way and closes every connection. */
  close(): Promise<void>;
}

/**
 * Milliseconds that an idle connection is kept: the API server closes them after 90 s, and whoever sends on one that
 * is being closed fails.
 */
const KEEP_ALIVE = 45_000;
const CONNECT_TIMEOUT = 10_000;
/** So that a connection on which nothing flows is known to everything between here and there. */
const TCP_KEEP_ALIVE = 30_000;

/** TLS material that changed (a rotated CA, a renewed client certificate) gets a new agent; the old one drains. */
export function createTransport(connection: ApiServerConnection): HttpTransport {
  let current: { readonly tls: TlsOptions; readonly dispatcher: Dispatcher } | undefined;
  const draining = new Set<Dispatcher>();

  const dispatcherFor = ({ tls }: ApiServerCredentials): Dispatcher => {
    if (current !== undefined && current.tls === tls) return current.dispatcher;
    if (current !== undefined) retire(current.dispatcher);
    const dispatcher = createDispatcher(connection, tls);
    current = { tls, dispatcher };
    return dispatcher;
  };
  const retire = (dispatcher: Dispatcher): void => {
    draining.add(dispatcher);
    void dispatcher.close().finally(() => draining.delete(dispatcher));
  };

  return {
    async send({ method, path, headers, body, signal }) {
      const credentials = await connection.credentials().catch((cause: unknown) => {
        throw Object.assign(new Error('no credentials', { cause }), { code: 'CREDENTIALS_UNREADABLE' });
      });
      signal.throwIfAborted();
      const answer = await request(`${connection.server}${path}`, {
        method,
        headers: { ...headers, ...credentials.headers },
        body: body ?? null,
        signal,
        dispatcher: dispatcherFor(credentials),
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      if (answer.statusCode === 401) connection.forget();
      const retryAfter = answer.headers['retry-after'];
      return {
        status: answer.statusCode,
        retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
        body: answer.body,
      };
    },
    async close() {
      const all = [...draining, ...(current === undefined ? [] : [current.dispatcher])];
      await Promise.all(all.map((dispatcher) => dispatcher.destroy()));
    },
  };
}

/** @param onSocket is given each connection as it is made; those by a proxy are not. */
export function createDispatcher(
  { proxy }: ApiServerConnection,
  tls: TlsOptions,
  onSocket: (socket: Socket) => void = () => {},
): Dispatcher {
  // No HTTP/2: over it everything shares one connection, and a dead one would keep all calls, the Lease's too, until
  // the kernel gives it up. Here a call that runs out of time takes its own connection with it.
  const options = { keepAliveTimeout: KEEP_ALIVE, keepAliveMaxTimeout: KEEP_ALIVE, allowH2: false };
  const connect = { timeout: CONNECT_TIMEOUT, keepAlive: true, keepAliveInitialDelay: TCP_KEEP_ALIVE };
  if (proxy !== undefined) {
    return new ProxyAgent({ ...options, uri: proxy, requestTls: { ...connect, ...tls }, connect });
  }
  const connector = buildConnector({ ...connect, ...tls, allowH2: false });
  return new Agent({
    ...options,
    connect(where, done) {
      connector(where, (...made) => {
        const [, socket] = made;
        if (socket !== null) onSocket(socket);
        done(...made);
      });
    },
  });
}
