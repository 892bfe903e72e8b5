// What goes over the wire on both sides of the generated configuration: bytes in, bytes out.

import { describe, expect, it } from 'vitest';
import { rawConnection } from '../../src/validator/testing/sockets.ts';
import { OK, saying } from './raw-app.ts';
import { rawAppBehindEnvoy } from './raw-app-behind-envoy.ts';
import { answerTo as answer, lines } from './wire.ts';

const { app, between } = rawAppBehindEnvoy();

const get = (...headers: string[]): string => lines('GET /a HTTP/1.1', 'Host: api', ...headers);

const answerTo = (bytes: string) => answer(between().port, bytes);

/** The lines of the only request that the app saw. */
function seen(): readonly string[] {
  expect(app().received).toHaveLength(1);
  return (app().received[0]?.text ?? '').split('\r\n');
}

describe('the app sees', () => {
  it.each([
    '/',
    '/a%2Fb',
    '/a%5cb',
    '/a/%2e/b',
    '/a;x=1/b;y',
    '//a///b',
    '/a?b=//c&d=%zz?',
    '/%00',
    '/a/./../b/.',
  ])('the path byte for byte: %s', async (path) => {
    await answerTo(lines(`GET ${path} HTTP/1.1`, 'Host: api'));
    expect(seen()[0]).toBe(`GET ${path} HTTP/1.1`);
    expect(between().checks[0]?.url).toBe(`/envoy${path}`);
  });

  it.each([
    ['http://api/a//b?q', '/a//b?q'],
    ['http://api', '/'],
    ['http://api/envoy/a', '/envoy/a'],
  ])('of %s in absolute form what was judged: %s', async (target, path) => {
    await answerTo(lines(`GET ${target} HTTP/1.1`, 'Host: api'));
    expect(seen()[0]).toBe(`GET ${path} HTTP/1.1`);
    expect(between().checks[0]?.url).toBe(`/envoy${path}`);
  });

  it('names of headers as they were spelt, and all that proxies and tracers wrote', async () => {
    const sent = [
      'X-Request-Id: 8e2f9bb0-7fcf-4d1c-9a3e-2f3f5a7b1c11',
      'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'X-B3-TraceId: 80f198ee56343ba864fe8b2a57d3eff7',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Client-Cert: By=spiffe://a;Hash=b',
      'Forwarded: for=203.0.113.9',
      'Via: 1.1 gateway',
      'SOAPAction: "x"',
    ];
    const before = 'X-Forwarded-For: 203.0.113.9, 10.0.0.1';
    await answerTo(get(...sent, before));
    // With the caller itself behind those before it.
    expect(seen()).toEqual(expect.arrayContaining(['Host: api', ...sent, `${before},127.0.0.1`]));
  });

  it('a caller that is not localhost', async () => {
    await answerTo(get());
    expect(app().received[0]?.from).toBe('127.0.0.6');
  });

  it('the longest token that may be', async () => {
    const authorization = `Authorization: Bearer ${'a'.repeat(16 * 1024)}`;
    await answerTo(get(authorization));
    expect(seen()).toContain(authorization);
    expect(between().checks[0]?.headers.authorization).toHaveLength('Bearer '.length + 16 * 1024);
  });

  it('one claim header, however often and in whatever case the client wrote it', async () => {
    await answerTo(get('X-Auth-User: mallory', 'x-auth-user: mallory', 'X-AUTH-USER: mallory'));
    const ours = seen().filter((line) => /^x-auth-user/i.test(line));
    expect(ours.map((line) => line.toLowerCase())).toEqual(['x-auth-user: joe']);
  });

  it('no header that Connection would have had it drop', async () => {
    await answerTo(get('Connection: keep-alive, X-Auth-User'));
    expect(seen()).toContain('x-auth-user: joe');
    expect(seen().join('\n')).not.toMatch(/^connection/im);
  });

  it('no trailers: they were not judged', async () => {
    app().answer = (socket, received) => void (received.includes('\r\n0\r\n') && socket.end(OK));
    const chunked = lines('POST /a HTTP/1.1', 'Host: api', 'Transfer-Encoding: chunked');
    await answerTo(`${chunked}2\r\nhi\r\n0\r\nX-Auth-Roles: admin\r\n\r\n`);
    expect(seen().join('\n')).toMatch(/\n2\nhi\n0\n\n$/);
  });

  it('a request of HTTP/1.0, as many gateways send it', async () => {
    const answer = await answerTo(lines('GET /a HTTP/1.0', 'Host: api'));
    expect([answer.status, answer.body, answer.headers.get('connection')]).toEqual([200, 'ok', 'close']);
    expect(seen()[0]).toBe('GET /a HTTP/1.1');
    expect(between().checks[0]?.headers.host).toBe('api');
  });
});

describe('the client sees', () => {
  it('headers and status line as the app wrote them', async () => {
    app().answer = saying(
      'HTTP/1.1 404 Nothing Here\r\nServer: Mine/1\r\nX-Powered-By: hands\r\nDate: yesterday\r\nContent-Length: 0\r\n\r\n',
    );
    const connection = await rawConnection(between().port);
    let text = '';
    connection.socket.on('data', (part: string) => {
      text += part;
    });
    connection.send(get());
    await connection.answer();
    connection.socket.destroy();
    const [status, ...headers] = text.split('\r\n');
    expect(status).toBe('HTTP/1.1 404 Nothing Here');
    expect(headers.filter((line) => line !== '').sort()).toEqual([
      'Content-Length: 0',
      'Date: yesterday',
      'Server: Mine/1',
      'X-Powered-By: hands',
    ]);
  });

  it.each([424, 425, 426])(
    '%i of the app’s own, which carries nothing, whoever says otherwise',
    async (status) => {
      app().answer = saying(
        `HTTP/1.1 ${status} Mine\r\nPortcullis-Outcome: served\r\nContent-Length: 2\r\n\r\nno`,
      );
      const answer = await answerTo(get('X-Portcullis-Carries-503: 200'));
      expect([answer.status, answer.body]).toEqual([status, 'no']);
      expect(between().checks[0]?.headers['x-portcullis-carries-503']).toBe('425, 426, 424');
      expect(seen().join('\n')).not.toMatch(/carries/i);
    },
  );

  it('nothing of Envoy where the app says nothing', async () => {
    const { headers } = await answerTo(get());
    expect([...headers.keys()].sort()).toEqual(['content-length', 'date']);
  });
});

describe('a body that waits to be asked for', () => {
  const asking = lines('POST /a HTTP/1.1', 'Host: api', 'Expect: 100-continue', 'Content-Length: 4');

  it('is asked for by the app, once the request is allowed', async () => {
    app().answer = (socket, received) => {
      if (received.endsWith('\r\n\r\n')) socket.write('HTTP/1.1 100 Continue\r\n\r\n');
      if (received.endsWith('body')) socket.end(OK);
    };
    const connection = await rawConnection(between().port);
    connection.send(asking);
    expect((await connection.answer()).status).toBe(100);
    connection.send('body');
    expect((await connection.answer()).status).toBe(200);
    connection.socket.destroy();
    // The check has no body: an authorizer that saw this would wait for one.
    expect(between().checks[0]?.headers).not.toHaveProperty('expect');
  });

  it('never comes where it is refused', async () => {
    between().authorize = (_request, response) => response.writeHead(401).end();
    expect((await answerTo(asking)).status).toBe(401);
    expect(app().received).toEqual([]);
  });
});

describe('is refused before anybody is asked:', () => {
  const chunk = '0\r\n\r\n';
  it.each<readonly [string, number, string]>([
    ['no Host', 400, lines('GET /a HTTP/1.1')],
    ['no Host in HTTP/1.0', 400, lines('GET /a HTTP/1.0')],
    [
      'two lengths',
      400,
      `${lines('POST /a HTTP/1.1', 'Host: a', 'Content-Length: 1', 'Content-Length: 2')}ab`,
    ],
    [
      'a length beside chunks',
      400,
      lines('POST /a HTTP/1.1', 'Host: a', 'Content-Length: 5', 'Transfer-Encoding: chunked') + chunk,
    ],
    ['an unknown coding', 501, lines('POST /a HTTP/1.1', 'Host: a', 'Transfer-Encoding: xchunked') + chunk],
    [
      'chunked, and not at the end',
      501,
      lines('POST /a HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked, identity') + chunk,
    ],
    [
      'a space before the colon',
      400,
      lines('POST /a HTTP/1.1', 'Host: a', 'Transfer-Encoding : chunked') + chunk,
    ],
    ['a zero byte in a header', 400, lines('GET /a HTTP/1.1', 'Host: a', 'X-A: b\0c')],
    ['a fragment', 400, lines('GET /a#/b HTTP/1.1', 'Host: a')],
    ['a tunnel without a host', 400, lines('CONNECT / HTTP/1.1', 'Host: api')],
    ['a space in the path', 400, lines('GET /a b HTTP/1.1', 'Host: a')],
    ['a tunnel', 404, lines('CONNECT api:80 HTTP/1.1', 'Host: api:80')],
  ])('%s', async (_what, status, bytes) => {
    expect((await answerTo(bytes)).status).toBe(status);
    expect(between().checks).toEqual([]);
    expect(app().received).toEqual([]);
  });
});

describe('a WebSocket that the app does not open', () => {
  const upgrade = get('Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13');
  const hidden = lines('GET /admin HTTP/1.1', 'Host: api', 'X-Auth-User: mallory');

  it('takes no second request along, sent at once', async () => {
    await answerTo(upgrade + hidden);
    expect(seen().join('\n')).not.toContain('admin');
  });

  it('is no tunnel for a second request, sent after the answer', async () => {
    // The app keeps its end open, as if it were ready for more.
    app().answer = (socket, received) => void (received.endsWith('\r\n\r\n') && socket.write(OK));
    const connection = await rawConnection(between().port);
    connection.send(upgrade);
    expect((await connection.answer()).status).toBe(200);
    connection.send(hidden);
    await connection.closed;
    expect(seen().join('\n')).not.toContain('admin');
  });
});
