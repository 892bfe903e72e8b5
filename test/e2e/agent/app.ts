/** The API that the tests guard: answers with the request as it came, and can be broken by a signal. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import { hostname } from 'node:os';

/** What it answers, as JSON. */
export interface Echo {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Of the connection: Envoy's, where it is between. */
  readonly remote: string;
  readonly pod: string;
  readonly version: string;
}

export interface AppOptions {
  /** HTTP/1.1, by TLS where there is a certificate. */
  readonly port: number;
  /** HTTP/2 without TLS, where gRPC callers are answered; undefined = none. */
  readonly http2Port: number | undefined;
  readonly version: string;
  readonly certificate: { readonly cert: Buffer; readonly key: Buffer } | undefined;
}

export function startApp({ port, http2Port, version, certificate }: AppOptions): void {
  let broken = false;
  process.on('SIGUSR2', () => {
    broken = !broken;
  });
  const echo = ({ method = '', url = '', headers, socket }: IncomingMessage | Http2ServerRequest): Echo => ({
    method,
    path: url,
    headers: { ...headers },
    remote: socket.remoteAddress ?? '',
    pod: hostname(),
    version,
  });
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    request.resume();
    const status = request.url === '/health' && broken ? 500 : 200;
    response.writeHead(status, { 'content-type': 'application/json', 'x-version': version });
    response.end(`${JSON.stringify(echo(request))}\n`);
  };
  const first = (
    certificate === undefined ? createServer(answer) : createTlsServer(certificate, answer)
  ).listen(port);
  const second =
    http2Port === undefined ? undefined : createHttp2Server(answerHttp2(echo, version)).listen(http2Port);

  process.on('SIGTERM', () => {
    first.close();
    second?.close();
    first.closeIdleConnections();
    // A connection that stays open keeps no pod.
    setTimeout(() => process.exit(0), 1000);
  });
}

function answerHttp2(echo: (request: Http2ServerRequest) => Echo, version: string) {
  return (request: Http2ServerRequest, response: Http2ServerResponse): void => {
    request.resume();
    if (!request.headers['content-type']?.startsWith('application/grpc')) {
      response.writeHead(200, { 'content-type': 'application/json', 'x-version': version });
      response.end(`${JSON.stringify(echo(request))}\n`);
      return;
    }
    response.writeHead(200, { 'content-type': 'application/grpc' });
    response.addTrailers({ 'grpc-status': '0' });
    // One message of no length.
    response.end(Buffer.alloc(5));
  };
}
