/** Which requests the HTTP service takes for checks, and what those that are none are answered. */

import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { decide, enforce } from '../../../test/support/decide.ts';
import { bindingPolicy, rulePolicy } from '../../../test/support/policy.ts';
import type { CheckCall } from '../check.ts';
import { atOnce } from '../testing/asking.ts';
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

/** Lets everything pass that it judges. */
const enforcer = enforce(bindingPolicy({ rules: [rulePolicy({ authentication: 'None' })] }));

async function start() {
  const judged: string[] = [];
  const refused: CheckCall[] = [];
  const server = createHttpService({
    ...NO_PROXY,
    ask: atOnce(({ request }) => {
      judged.push(request.pathAndQuery);
      return decide(enforcer, request);
    }),
    record: (check) => refused.push(check),
    onError: (error) => {
      throw error;
    },
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { judged, refused, connection: await rawConnection((server.address() as AddressInfo).port) };
}

it.each([
  ['/envoy/', '/'],
  ['/envoy/a?b=c', '/a?b=c'],
  ['/envoy//', '//'],
  ['/envoy//envoy/a', '//envoy/a'],
  ['/envoy/envoy/a', '/envoy/a'],
  ['/envoy/../a', '/../a'],
  ['/envoy/?', '/?'],
])('%s asks about %s', async (path, target) => {
  const { connection, judged } = await start();
  connection.send(`GET ${path} HTTP/1.1\r\nHost: api.example\r\n\r\n`);
  expect((await connection.answer()).headers.get('portcullis-outcome')).toBeDefined();
  expect(judged).toEqual([target]);
});

it.each([
  ...[
    '/',
    '/validate',
    '/auth?x=/envoy/',
    '//envoy',
    '//envoy/a',
    '/ENVOY/a',
    '/Envoy/',
    '/envoy',
    '/envoy?x',
  ],
  ...['/envoy?/', '/envoyfoo', '/envoy*', '/envoy.', '/envoy;/a', '/envoy%2fa', '/%65nvoy/a', '/./envoy/a'],
  ...['/x/../envoy/a', '/envoy\\a', '*', 'http://a/envoy/a', 'http://a/'],
  ...[
    '/forward-authx',
    '/auth-request-x',
    '//forward-auth',
    '/x/auth-request',
    '/Forward-Auth',
    '/auth-request%2f',
  ],
])('%s is never judged, whatever request its headers tell of', async (path) => {
  const { connection, judged, refused } = await start();
  const told = [
    'X-Original-URI: /a',
    'X-Original-Method: GET',
    'X-Forwarded-Uri: /a',
    'X-Forwarded-Method: GET',
  ];
  const method = path === '*' ? 'OPTIONS' : 'GET';
  connection.send([`${method} ${path} HTTP/1.1`, 'Host: api.example', ...told, '', ''].join('\r\n'));
  const answer = await connection.answer();
  expect(answer.status).toBe(404);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'application/problem+json',
    'portcullis-outcome': 'denied',
    'portcullis-reason': 'request_malformed',
  });
  expect(JSON.parse(answer.body)).toMatchObject({
    status: 404,
    reason: 'request_malformed',
    detail: expect.stringContaining('path_prefix: /envoy'),
  });
  expect([judged, refused.map(({ request }) => request.pathAndQuery)]).toEqual([[], [path]]);
  connection.send('GET /envoy/after HTTP/1.1\r\nHost: api.example\r\n\r\n');
  expect((await connection.answer()).status).toBe(200);
});
