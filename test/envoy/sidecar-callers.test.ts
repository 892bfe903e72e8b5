// What honest callers send and Envoy by itself would refuse, through the generated configuration.

import { describe, expect, it } from 'vitest';
import { rawConnection } from '../../src/validator/testing/sockets.ts';
import { OK, saying } from './raw-app.ts';
import { rawAppBehindEnvoy } from './raw-app-behind-envoy.ts';
import { answerTo, lines } from './wire.ts';

const { app, between } = rawAppBehindEnvoy();

const ask = (bytes: string) => answerTo(between().port, bytes);
const get = (...headers: string[]): string => lines('GET /a HTTP/1.1', 'Host: api', ...headers);

/** The only request that the app saw. */
function seen(): string {
  expect(app().received).toHaveLength(1);
  return app().received[0]?.text ?? '';
}

const problem = (body: string) => JSON.parse(body) as { readonly reason: string; readonly detail: string };

describe('an offer to go on in another protocol', () => {
  it.each([
    ['TLS, as Apache HttpClient 5.4 makes it', 'Upgrade', 'TLS/1.2'],
    ['TLS in small letters, on a connection that stays', 'keep-alive, Upgrade', 'tls/1.3'],
    ['two of them', 'Upgrade', 'TLS/1.2, HTTP/2.0'],
    ['SPDY', 'Upgrade', 'SPDY/3.1'],
    ['a name that only begins as the one that is served', 'Upgrade', 'websockets'],
    ['nothing', 'Upgrade', ''],
  ])('is passed over: %s', async (_what, connection, upgrade) => {
    expect((await ask(get(`Connection: ${connection}`, `Upgrade: ${upgrade}`))).status).toBe(200);
    expect(seen()).not.toMatch(/^(connection|upgrade):/im);
    expect(between().checks[0]?.headers).not.toHaveProperty('upgrade');
  });

  it('of HTTP/2 is passed over with its settings', async () => {
    const offer = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAoAAA'];
    expect((await ask(get(...offer))).status).toBe(200);
    expect(seen()).not.toMatch(/upgrade|http2-settings/i);
  });

  it.each(['websocket', 'WebSocket', 'h2c, websocket', 'websocket, TLS/1.2'])(
    'is taken where it holds WebSocket: %s',
    async (upgrade) => {
      await ask(get('Connection: Upgrade', `Upgrade: ${upgrade}`));
      expect(seen()).toMatch(/^Upgrade: websocket$/im);
      expect(between().checks[0]?.headers.upgrade).toMatch(/^websocket$/i);
    },
  );

  it('leaves the body a body, and judges the request behind it', async () => {
    app().answer = (socket, received) => void (received.endsWith('body') && socket.end(OK));
    const connection = await rawConnection(between().port);
    connection.send(
      `${lines('POST /a HTTP/1.1', 'Host: api', 'Connection: Upgrade', 'Upgrade: TLS/1.2', 'Content-Length: 4')}body`,
    );
    expect((await connection.answer()).status).toBe(200);
    between().authorize = (_request, response) => response.writeHead(401).end();
    connection.send(lines('GET /b HTTP/1.1', 'Host: api'));
    expect((await connection.answer()).status).toBe(401);
    connection.socket.destroy();
    expect(seen()).toMatch(/\r\n\r\nbody$/);
  });
});

describe('a WebSocket whose Connection names a header of ours', () => {
  it.each([['upgrade, x-auth-user'], ['x-auth-user,Upgrade'], ['upgrade, close, te, x-auth-roles']])(
    'reaches the app as Connection: Upgrade: %s',
    async (connection) => {
      await ask(get(`Connection: ${connection}`, 'Upgrade: websocket'));
      expect(seen()).toMatch(/^connection: upgrade$/im);
      expect(seen()).toMatch(/^x-auth-user: joe$/im);
      expect(seen().match(/^connection:/gim)).toHaveLength(1);
    },
  );

  it('and twice', async () => {
    await ask(get('Connection: upgrade', 'Connection: x-auth-user', 'Upgrade: websocket'));
    expect(seen().match(/^connection:.*$/gim)).toEqual(['Connection: Upgrade']);
  });
});

describe('many headers', () => {
  const many = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `h${i}: v`);

  it.each([92, 100, 101, 200])('pass, with ours beside them: %i', async (count) => {
    // Host is one of them.
    expect((await ask(get(...many(count - 1)))).status).toBe(200);
    expect(seen()).toMatch(/^x-auth-user: joe$/im);
  });

  it.each([
    ['too many', get(...many(300))],
    ['no room for ours', get(...many(254))],
    ['too large', get(`x-a: ${'a'.repeat(61 * 1024)}`)],
  ])('are refused with a reason: %s', async (_what, bytes) => {
    const answer = await ask(bytes);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([431, 'application/problem+json']);
    expect(problem(answer.body)).toMatchObject({ reason: 'request_malformed', status: 431 });
    expect(problem(answer.body).detail).toContain('256');
    expect(app().received).toEqual([]);
  });

  it('of the app reach the client', async () => {
    app().answer = saying(lines('HTTP/1.1 200 OK', 'Content-Length: 0', ...many(200)));
    expect((await ask(get())).headers.get('h199')).toBe('v');
  });
});

describe('is refused before anybody is asked, with a reason:', () => {
  it.each<readonly [string, number, string, RegExp]>([
    ['an absolute form without a path', 400, lines('GET http://api?x=1 HTTP/1.1', 'Host: api'), /slash/],
    ['… with an empty query', 400, lines('GET http://api? HTTP/1.1', 'Host: api'), /slash/],
    ['an asterisk', 400, lines('OPTIONS * HTTP/1.1', 'Host: api'), /no path/],
    ['a fragment', 400, lines('GET /a#b HTTP/1.1', 'Host: api'), /not well-formed/],
    ['a method that Envoy does not know', 400, lines('get /a HTTP/1.1', 'Host: api'), /not well-formed/],
    ['no Host', 400, lines('GET /a HTTP/1.1'), /not well-formed/],
    [
      'an unknown coding',
      501,
      lines('POST /a HTTP/1.1', 'Host: a', 'Transfer-Encoding: x'),
      /not well-formed/,
    ],
  ])('%s', async (_what, status, bytes, detail) => {
    const answer = await ask(bytes);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([status, 'no-store']);
    expect(problem(answer.body)).toMatchObject({ reason: 'request_malformed', status });
    expect(problem(answer.body).detail).toMatch(detail);
    expect(between().checks).toEqual([]);
    expect(app().received).toEqual([]);
  });

  it('while an absolute form with a path, or with nothing behind the host, is judged as what it names', async () => {
    for (const target of ['http://api', 'http://api/?x=1'])
      await ask(lines(`GET ${target} HTTP/1.1`, 'Host: b'));
    expect(between().checks.map(({ url }) => url)).toEqual(['/envoy/', '/envoy/?x=1']);
  });
});
