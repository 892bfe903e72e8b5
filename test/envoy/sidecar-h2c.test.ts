// The generated configuration in front of an app that speaks HTTP/2 without TLS, as gRPC servers do.

import { once } from 'node:events';
import { createServer as createAuthorizer } from 'node:http';
import { connect, createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { get } from '../../dev/request.ts';
import { envoyBootstrap } from '../../src/sidecar/bootstrap.ts';
import { type Envoy, startEnvoy } from './harness.ts';

let app: Http2Server;
let envoy: Envoy;
let verdict: 200 | 401;
const authorizer = createAuthorizer((_request, response) => {
  response.writeHead(verdict, { 'x-auth-user': 'joe', 'portcullis-outcome': 'allowed' }).end();
});

const portOf = (server: { address(): AddressInfo | string | null }): number =>
  (server.address() as AddressInfo).port;

beforeAll(async () => {
  app = createServer((request, response) => {
    response.addTrailers({ 'grpc-status': '0' });
    response.end(`${request.httpVersion} ${request.headers['x-auth-user']}`);
  }).listen(0, '127.0.0.1');
  authorizer.listen(0, '127.0.0.1');
  await Promise.all([once(app, 'listening'), once(authorizer, 'listening')]);
  const listen = { address: '127.0.0.1', port: 0 };
  envoy = await startEnvoy(
    envoyBootstrap({
      listeners: [{ port: 9090, listen, app: { address: '127.0.0.1', port: portOf(app) }, protocol: 'H2C' }],
      authorizer: { kind: 'tcp', address: '127.0.0.1', port: portOf(authorizer) },
      admin: 'off',
      maxHeapBytes: 256 * 1024 * 1024,
    }),
  );
});
afterAll(async () => {
  await envoy.stop();
  app.close();
  authorizer.closeAllConnections();
  authorizer.close();
});

/** One HTTP/2 request, as a gRPC client makes it: status, body and trailers. */
async function call(headers: Readonly<Record<string, string>>): Promise<readonly [number, string, unknown]> {
  const session = connect(`http://127.0.0.1:${envoy.ports.guarded_9090}`);
  try {
    const stream = session.request({ ':path': '/shop.Orders/List', te: 'trailers', ...headers });
    let trailers: unknown;
    let body = '';
    stream.on('trailers', (received) => {
      trailers = received['grpc-status'];
    });
    const [response] = await once(stream, 'response');
    stream.setEncoding('utf8');
    for await (const part of stream) body += part;
    return [response[':status'], body, trailers ?? response['grpc-status']];
  } finally {
    session.close();
  }
}

test('HTTP/2 stays HTTP/2, trailers and all', async () => {
  verdict = 200;
  expect(await call({})).toEqual([200, '2.0 joe', '0']);
});

test('a client with HTTP/1.1 gets through too', async () => {
  verdict = 200;
  expect(await get(envoy.ports.guarded_9090 ?? 0, '/', {})).toMatchObject({ status: 200, body: '2.0 joe' });
});

test('a denied gRPC call has a status that gRPC knows', async () => {
  verdict = 401;
  expect(await call({ 'content-type': 'application/grpc' })).toEqual([200, '', '16']);
});
