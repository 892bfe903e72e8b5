/** For tests: servers on free ports of 127.0.0.1 that count what reaches them, and are gone after the test. */

import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net';
import { onTestFinished } from 'vitest';
import { freePort } from '../../../dev/ports.ts';
import type { Certificate } from './certificates.ts';

export interface TestServer {
  readonly port: number;
  readonly origin: string;
  /** The requests so far, as `GET /path`. */
  readonly requests: readonly string[];
  /** Connections open right now. */
  open(): number;
  connections(): number;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export async function startServer(handler: Handler, certificate?: Certificate): Promise<TestServer> {
  const requests: string[] = [];
  const listener: RequestListener = (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    handler(request, response);
  };
  const server: Server = certificate ? createTlsServer({ ...certificate }, listener) : createServer(listener);
  server.on('tlsClientError', () => {}); // A client that distrusts the certificate hangs up.
  return watched(server, certificate ? 'https' : 'http', requests);
}

/** A server that speaks whatever `handler` writes. */
export async function startRawServer(handler: (socket: Socket) => void): Promise<TestServer> {
  return watched(createTcpServer(handler), 'http', []);
}

export async function watched(
  server: TcpServer,
  scheme: string,
  requests: readonly string[],
): Promise<TestServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  onTestFinished(async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    port,
    origin: `${scheme}://127.0.0.1:${port}`,
    requests,
    open: () => sockets.size,
    connections: () => connections,
  };
}

/** A port that nobody listens on, for as long as the test runs. */
export const closedPort = (): Promise<number> => freePort(0);

/** Answers every request with this document. */
export function serves(document: unknown, headers: Readonly<Record<string, string>> = {}): Handler {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(document));
  };
}

/** Answers each path with its handler, and 404 elsewhere. */
export function routes(table: Readonly<Record<string, Handler>>): Handler {
  return (request, response) => {
    const handler = table[request.url ?? ''];
    if (handler === undefined) response.writeHead(404).end('no such page');
    else handler(request, response);
  };
}

export function redirects(location: string, status = 302): Handler {
  return (_request, response) => {
    response.writeHead(status, { location }).end();
  };
}
