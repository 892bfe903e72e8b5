/** For tests: a proxy that resolves every name to this machine, and remembers what it was asked for. */

import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import type { Certificate } from './certificates.ts';
import { type TestServer, watched } from './servers.ts';

export interface TestProxy extends TestServer {
  readonly asked: readonly { readonly line: string; readonly headers: IncomingHttpHeaders }[];
}

export interface ProxyBehaviour {
  /** Answers a CONNECT with this status in place of a tunnel. */
  readonly status?: number;
  /** Takes a CONNECT and never answers. */
  readonly hangs?: boolean;
  /** Speaks TLS itself. */
  readonly certificate?: Certificate;
}

export async function startProxy(behaviour: ProxyBehaviour = {}): Promise<TestProxy> {
  const { status, hangs, certificate } = behaviour;
  const asked: { line: string; headers: IncomingHttpHeaders }[] = [];
  const server = certificate === undefined ? createServer() : createTlsServer({ ...certificate });
  server.on('tlsClientError', () => {});
  server.on('request', (request, response) => {
    asked.push({ line: `${request.method} ${request.url}`, headers: request.headers });
    const { port, pathname, search } = new URL(request.url ?? '');
    const onward = httpRequest({ host: '127.0.0.1', port, path: pathname + search }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.end();
  });
  server.on('connect', (request, socket) => {
    asked.push({ line: `CONNECT ${request.url}`, headers: request.headers });
    socket.on('error', () => {});
    if (hangs) return void socket.resume().on('end', () => socket.destroy());
    if (status !== undefined) return void socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
    const onward = connect(Number(request.url?.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    socket.on('close', () => onward.destroy());
  });
  return { ...(await watched(server, certificate === undefined ? 'http' : 'https', [])), asked };
}
