/** The HTTP service over real sockets, with bytes as Envoy or another client might send them. */

import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { decide, enforce } from '../../../test/support/decide.ts';
import { bindingPolicy, rulePolicy } from '../../../test/support/policy.ts';
import { internalError } from '../../decision/answers.ts';
import type { CheckCall } from '../check.ts';
import { type AnswerCheck, atOnce } from '../testing/asking.ts';
import { NO_PROXY } from '../testing/no-proxy.ts';
import { type RawConnection, rawConnection } from '../testing/sockets.ts';
import { createHttpService } from './server.ts';

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await once(server.close(), 'close');
  }
});

const enforcer = enforce(
  bindingPolicy({
    rules: [rulePolicy({ match: { methods: ['GET', 'HEAD', 'POST'] }, authentication: 'None' })],
  }),
);

/** A service that judges for real, remembers what it was asked, and can be made to misbehave. */
async function start(answer: AnswerCheck = ({ request }) => decide(enforcer, request)) {
  const checks: CheckCall[] = [];
  const errors: unknown[] = [];
  const refused: CheckCall[] = [];
  const server = createHttpService({
    ...NO_PROXY,
    ask: atOnce((check) => {
      checks.push(check);
      return answer(check);
    }),
    record: (check) => refused.push(check),
    onError: (error) => errors.push(error),
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { checks, refused, errors, server, port, open: (): Promise<RawConnection> => rawConnection(port) };
}

const get = (path: string, ...headers: string[]): string =>
  [`GET /envoy${path} HTTP/1.1`, 'Host: api.example', ...headers, '', ''].join('\r\n');

describe('every request is answered as a check, on one connection', () => {
  it.each([
    ['an ordinary one', get('/a'), 200],
    [
      'a WebSocket upgrade',
      get('/ws', 'Connection: upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'),
      200,
    ],
    [
      'an upgrade to h2c',
      get('/', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAA'),
      200,
    ],
    ['an unknown expectation', get('/', 'Expect: a miracle'), 200],
    ['a POST without its body', 'POST /envoy/ HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n', 200],
    ['a POST with a body', 'POST /envoy/ HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody', 200],
    ['a method that nobody may use', 'DELETE /envoy/ HTTP/1.1\r\nHost: a\r\n\r\n', 401],
    ['OPTIONS *', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n', 404],
    ['a target in absolute form', 'GET http://other.example/a HTTP/1.1\r\nHost: a\r\n\r\n', 404],
    ['a doubled Host', 'GET /envoy/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400],
    ['no Host', 'GET /envoy/ HTTP/1.1\r\n\r\n', 400],
    ['HTTP/1.0 with keep-alive', 'GET /envoy/ HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n', 200],
  ])('%s', async (_, bytes, status) => {
    const { open, errors } = await start();
    const connection = await open();
    for (let i = 0; i < 3; i++) {
      connection.send(bytes);
      expect((await connection.answer()).status).toBe(status);
    }
    connection.send(get('/after'));
    expect((await connection.answer()).status).toBe(200);
    expect(errors).toEqual([]);
  });
});

it('an expectation gets the final answer at once, and its connection is closed for the body that may come', async () => {
  const { open } = await start();
  const connection = await open();
  connection.send(get('/', 'Expect: 100-continue'));
  const answer = await connection.answer();
  expect([answer.status, answer.headers.get('portcullis-outcome')]).toEqual([200, 'allowed']);
  await connection.closed;
});

it('HEAD is answered without a body, denied or not', async () => {
  const { open } = await start(({ request }) => decide(enforce(bindingPolicy()), request));
  const connection = await open();
  connection.send('HEAD /envoy/a HTTP/1.1\r\nHost: a\r\n\r\n');
  const answer = await connection.answer({ head: true });
  expect(answer.status).toBe(401);
  expect(Number(answer.headers.get('content-length'))).toBeGreaterThan(0);
  connection.send('HEAD /envoy/a HTTP/1.1\r\nHost: a\r\n\r\n');
  expect((await connection.answer({ head: true })).status).toBe(401);
});

it('CONNECT is refused, and its connection closed', async () => {
  const { open, checks, refused } = await start();
  const connection = await open();
  connection.send('CONNECT api.example:443 HTTP/1.1\r\nHost: api.example:443\r\n\r\n');
  const answer = await connection.answer();
  expect([answer.status, answer.headers.get('portcullis-reason')]).toEqual([404, 'request_malformed']);
  await connection.closed;
  expect([checks.length, refused.length]).toEqual([0, 1]);
});

it('doubled Authorization headers reach the decision, both of them', async () => {
  const { open, checks } = await start();
  const connection = await open();
  connection.send(
    get('/', 'Authorization: Bearer a', 'authorization: Bearer b', 'Cookie: a=1', 'Cookie: b=2'),
  );
  await connection.answer();
  expect(checks[0]?.request.headers).toMatchObject({
    authorization: 'Bearer a, Bearer b',
    cookie: 'a=1; b=2',
  });
});

it('the target arrives byte for byte', async () => {
  const { open, checks } = await start();
  const connection = await open();
  connection.send(get('/a//b/../c%2f;x\\y?q=%00&r'));
  await connection.answer();
  expect(checks[0]?.request.pathAndQuery).toBe('/a//b/../c%2f;x\\y?q=%00&r');
});

it('no header is left out, however many there are', async () => {
  const { open, checks } = await start();
  const connection = await open();
  const many = Array.from({ length: 5000 }, (_, i) => `x-h${i}: 1`);
  connection.send(get('/', ...many, 'x-portcullis-port: 8080'));
  expect((await connection.answer()).status).toBe(200);
  expect(checks[0]?.request.port).toBe(8080);
});

it('headers as large as Envoy takes them are read, larger ones refused', async () => {
  const { open, checks } = await start();
  const fits = await open();
  fits.send(get('/', `x-large: ${'a'.repeat(64 * 1024)}`));
  expect((await fits.answer()).status).toBe(200);
  const large = await open();
  large.send(get('/', `x-large: ${'a'.repeat(128 * 1024)}`));
  const answer = await large.answer();
  expect([answer.status, answer.headers.get('portcullis-reason')]).toEqual([400, 'request_malformed']);
  await large.closed;
  expect(checks).toHaveLength(1);
});

it.each([
  ['no HTTP', 'hello\r\n\r\n'],
  ['a TLS handshake', Buffer.from([22, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3])],
  ['a header with a control character', get('/', 'x-a: b\x01c')],
  ['a header without a name', get('/', ': b')],
  ['a folded header', 'GET /envoy/ HTTP/1.1\r\nHost: a\r\nx: a\r\n b\r\n\r\n'],
  [
    'both lengths',
    'POST /envoy/ HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['two lengths', 'POST /envoy/ HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n'],
])('%s is refused, and the next caller served', async (_, bytes) => {
  const { open } = await start();
  const bad = await open();
  bad.send(bytes);
  const answer = await bad.answer();
  expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'application/problem+json']);
  expect(JSON.parse(answer.body)).toMatchObject({ status: 400, reason: 'request_malformed' });
  await bad.closed;
  const good = await open();
  good.send(get('/'));
  expect((await good.answer()).status).toBe(200);
});

describe('a bug never lets anyone in', () => {
  it('when the answer cannot be written as headers', async () => {
    const { open, errors } = await start(({ request }) => {
      const decision = decide(enforcer, request);
      if (decision.outcome === 'denied') return decision;
      return { ...decision, upstream: { set: [['x-auth-user', 'joe\r\nx-admin: 1']], remove: [] } };
    });
    const connection = await open();
    connection.send(get('/'));
    const answer = await connection.answer();
    expect([answer.status, answer.headers.get('portcullis-reason')]).toEqual([503, 'internal_error']);
    expect(errors).toHaveLength(1);
  });
  it.each<[string, AnswerCheck]>([
    [
      'thrown',
      () => {
        throw new Error('bug');
      },
    ],
    ['rejected', () => Promise.reject(new Error('bug'))],
  ])('when it is %s', async (_, answer) => {
    const { open, errors } = await start(answer);
    const connection = await open();
    connection.send(get('/'));
    await connection.closed;
    expect(errors).toHaveLength(1);
  });
});

it('an answer that takes its time is for the request that asked', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { open } = await start(async ({ request }) => {
    if (request.pathAndQuery === '/slow') await promise;
    return request.pathAndQuery === '/slow' ? internalError(request) : decide(enforcer, request);
  });
  const slow = await open();
  const fast = await open();
  slow.send(get('/slow'));
  fast.send(get('/fast'));
  expect((await fast.answer()).status).toBe(200);
  resolve();
  expect((await slow.answer()).status).toBe(503);
});

it('a caller that goes away while it waits leaves nothing behind', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { open, errors, checks } = await start(async ({ request }) => {
    if (request.pathAndQuery === '/slow') await promise;
    return decide(enforcer, request);
  });
  const gone = await open();
  gone.send(get('/slow'));
  while (checks.length === 0) await new Promise((next) => setImmediate(next));
  gone.socket.resetAndDestroy();
  resolve();
  const other = await open();
  other.send(get('/'));
  expect((await other.answer()).status).toBe(200);
  expect(errors).toEqual([]);
});
