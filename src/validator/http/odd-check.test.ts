/** Checks of methods that Node.js does not know, and 503s in the form that our Envoy hands on, over real sockets. */

import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { decide, enforce } from '../../../test/support/decide.ts';
import { bindingPolicy, rulePolicy } from '../../../test/support/policy.ts';
import { internalError } from '../../decision/answers.ts';
import type { CheckCall } from '../check.ts';
import { type AnswerCheck, atOnce } from '../testing/asking.ts';
import { NO_PROXY } from '../testing/no-proxy.ts';
import { rawConnection } from '../testing/sockets.ts';
import { createHttpService } from './server.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await once(server.close(), 'close');
  }
});

const open = enforce(bindingPolicy({ rules: [rulePolicy({ authentication: 'None' })] }));

async function start(answer: AnswerCheck = ({ request }) => decide(open, request)) {
  const checks: CheckCall[] = [];
  const errors: unknown[] = [];
  const server = createHttpService({
    ...NO_PROXY,
    ask: atOnce((check) => {
      checks.push(check);
      return answer(check);
    }),
    record: () => {},
    onError: (error) => errors.push(error),
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { checks, errors, connect: () => rawConnection((server.address() as AddressInfo).port) };
}

const check = (method: string, path: string, ...headers: string[]): string =>
  [`${method} ${path} HTTP/1.1`, 'host: api.example', 'content-length: 0', ...headers, '', ''].join('\r\n');

it('a method that Node.js does not know is judged, with all that came with it, and ends the connection', async () => {
  const { checks, connect } = await start();
  const connection = await connect();
  connection.send(check('FOO', '/envoy/a?b', 'x-portcullis-port: 8080', 'x-a: 1', 'x-a: 2'));
  const answer = await connection.answer();
  expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
  expect(checks[0]?.request).toMatchObject({
    method: 'FOO',
    host: 'api.example',
    pathAndQuery: '/a?b',
    port: 8080,
    headers: { 'x-a': '1, 2' },
  });
  await connection.closed;
});

it.each([
  ['that is no check', check('FOO', '/a')],
  ['with a body', check('FOO', '/envoy/a', 'transfer-encoding: chunked')],
  ['with another request behind it', check('FOO', '/envoy/a') + check('GET', '/envoy/b')],
])('one %s is refused', async (_what, bytes) => {
  const { checks, connect } = await start();
  const connection = await connect();
  connection.send(bytes);
  expect((await connection.answer()).status).toBe(400);
  expect(checks).toEqual([]);
});

it('one behind a check that has no answer yet gets no answer in its place', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { checks, connect } = await start(async ({ request }) => {
    await promise;
    return internalError(request);
  });
  const connection = await connect();
  connection.send(check('GET', '/envoy/slow'));
  await expect.poll(() => checks.length).toBe(1);
  connection.send(check('FOO', '/envoy/fast'));
  expect((await connection.answer()).status).not.toBe(200);
  resolve();
  await connection.closed;
  expect(checks.map(({ request }) => request.method)).toEqual(['GET']);
});

it('what comes while one is judged is not judged, and ends the connection', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { checks, connect } = await start(async ({ request }) => {
    await promise;
    return decide(open, request);
  });
  const connection = await connect();
  connection.send(check('FOO', '/envoy/a'));
  await expect.poll(() => checks.length).toBe(1);
  connection.send(check('BAR', '/envoy/b'));
  resolve();
  await connection.closed;
  expect(checks.map(({ request }) => request.method)).toEqual(['FOO']);
});

it('an answer that cannot be written ends the connection', async () => {
  const { errors, connect } = await start(({ request }) => {
    const decision = decide(open, request);
    if (decision.outcome === 'denied') return decision;
    return { ...decision, upstream: { set: [['x-auth-user', 'joe\r\nx-admin: 1']], remove: [] } };
  });
  const connection = await connect();
  connection.send(check('FOO', '/envoy/a'));
  await connection.closed;
  expect(errors).toHaveLength(1);
});

it.each(['GET', 'FOO'])(
  'a 503 of %s is a 424 where Envoy makes it a 503 again, and nothing else is',
  async (method) => {
    const { connect } = await start(({ request }) => internalError(request));
    for (const [headers, status] of [
      [[], 503],
      [['X-Portcullis-Carries-503: 424'], 424],
    ] as const) {
      const connection = await connect();
      connection.send(check(method, '/envoy/', ...headers));
      const answer = await connection.answer();
      expect([answer.status, JSON.parse(answer.body).status]).toEqual([status, 503]);
      expect(answer.headers.get('retry-after')).toBeDefined();
      connection.socket.destroy();
    }
    const { connect: other } = await start();
    const connection = await other();
    connection.send(check(method, '/envoy/', 'X-Portcullis-Carries-503: 424'));
    expect((await connection.answer()).status).toBe(200);
    connection.socket.destroy();
  },
);
