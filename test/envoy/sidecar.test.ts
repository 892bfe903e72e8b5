// The generated configuration in a real Envoy, between a scripted authorizer and an app that echoes.

import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Echo, startDemoApi } from '../../dev/api.ts';
import { type Answer, get } from '../../dev/request.ts';
import { type Stage, setStage } from './stage.ts';

const ALLOW = {
  'x-auth-user': 'joe',
  'x-envoy-auth-headers-to-remove': 'x-auth-roles, authorization',
  'portcullis-outcome': 'allowed',
  'portcullis-reason': 'authenticated',
  'portcullis-user': 'joe',
};

let stage: Stage;

beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.stop());
beforeEach(() => {
  stage.authorize = (_request, response) => response.writeHead(200, ALLOW).end();
  stage.checks.length = 0;
});

const ask = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  get(stage.port, path, headers);

/** The request as the app saw it. */
function received(answer: Answer): Echo {
  expect(answer.status).toBe(200);
  return JSON.parse(answer.body) as Echo;
}

describe('an allowed request', () => {
  it.each(['/a//b/../c%2f;x?q=1', '/%2e%2e/admin', '/a\\b', '/A/', '/..;/x'])(
    'has its path byte for byte: %s',
    async (path) => {
      expect(received(await ask(path)).path).toBe(path);
      expect(stage.checks.at(-1)?.url).toBe(`/envoy${path}`);
    },
  );

  it('has the claim headers of the answer, and no others of that name', async () => {
    const { headers } = received(
      await ask('/', { 'X-Auth-User': 'mallory', 'x-auth-roles': 'admin', authorization: 'Bearer x' }),
    );
    expect(headers).toMatchObject({ 'x-auth-user': 'joe' });
    expect(headers).not.toHaveProperty('x-auth-roles');
    expect(headers).not.toHaveProperty('authorization');
    expect(Object.keys(headers).filter((name) => /^(portcullis-|x-envoy-|x-portcullis-)/.test(name))).toEqual(
      [],
    );
  });

  it('is described by port and peer, whatever the client says', async () => {
    await ask('/', {
      'x-portcullis-port': '1',
      'x-portcullis-client': '9.9.9.9',
      'x-forwarded-for': '10.1.1.1',
    });
    expect(stage.checks.at(-1)?.headers).toMatchObject({
      'x-portcullis-port': '8080',
      'x-portcullis-client': '127.0.0.1',
    });
  });

  it('keeps what the proxies before it wrote', async () => {
    const sent = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https', 'x-request-id': 'abc' };
    const seen = { ...sent, 'x-forwarded-for': '203.0.113.9,127.0.0.1' };
    expect(received(await ask('/', sent)).headers).toMatchObject(seen);
  });

  it.each([
    ['x-original-url', '/admin'],
    ['x-rewrite-url', '/admin'],
    ['x-http-method-override', 'DELETE'],
    ['x-http-method', 'DELETE'],
    ['x-method-override', 'DELETE'],
    ['x-envoy-retry-on', '5xx'],
    ['x-envoy-max-retries', '99'],
    ['x-envoy-internal', 'true'],
  ])('has lost %s', async (name, value) => {
    expect(received(await ask('/', { [name]: value })).headers).not.toHaveProperty(name);
    // Towards us, Envoy writes an x-envoy-internal of its own, which the validator passes over.
    if (name !== 'x-envoy-internal') expect(stage.checks.at(-1)?.headers).not.toHaveProperty(name);
  });
});

describe('a request that is not allowed', () => {
  it('gets the denial, and nothing that is meant for the log or the app', async () => {
    stage.authorize = (_request, response) =>
      response
        .writeHead(401, {
          ...ALLOW,
          'portcullis-outcome': 'denied',
          'portcullis-reason': 'token_missing',
          'www-authenticate': 'Bearer realm="shop/orders"',
          'content-type': 'application/problem+json',
          'cache-control': 'no-store',
          'access-control-allow-origin': 'https://shop.example',
          vary: 'Origin',
        })
        .end('{"reason":"token_missing"}');
    const answer = await ask('/');
    expect(answer).toMatchObject({
      status: 401,
      body: '{"reason":"token_missing"}',
      headers: {
        'www-authenticate': 'Bearer realm="shop/orders"',
        'content-type': 'application/problem+json',
        'cache-control': 'no-store',
        'access-control-allow-origin': 'https://shop.example',
        vary: 'Origin',
      },
    });
    expect(Object.keys(answer.headers).filter((name) => /^(x-|portcullis-)/.test(name))).toEqual([]);
  });

  const FAILURES: readonly (readonly [string, Stage['authorize']])[] = [
    ['answers 503', (_request, response) => response.writeHead(503).end('{"reason":"keys_unavailable"}')],
    ['answers 500', (_request, response) => response.writeHead(500).end('oops')],
    ['hangs up', (_request, response) => response.destroy()],
    ['says nothing for a second', () => {}],
    // Somebody else stands where the validator should.
    ['allows without a decision', (_request, response) => response.writeHead(200).end()],
    [
      'allows what it says it denied',
      (_request, response) => response.writeHead(200, { 'portcullis-outcome': 'denied' }).end(),
    ],
  ];

  it.each(FAILURES)('is unavailable where the authorizer %s', async (_what, behaviour) => {
    stage.authorize = behaviour;
    const answer = await ask('/');
    expect(answer).toMatchObject({
      status: 503,
      headers: {
        'content-type': 'application/problem+json',
        'cache-control': 'no-store',
        'retry-after': '1',
      },
    });
    expect(JSON.parse(answer.body)).toMatchObject({
      type: 'https://portcullis.dev/problems/authorization_unavailable',
      status: 503,
      reason: 'authorization_unavailable',
    });
  });

  // Where Envoy cannot ask on behalf of gRPC, it answers itself in gRPC's manner: with a 200, which would allow.
  it.each(FAILURES)('is unavailable to gRPC too where the authorizer %s', async (_what, behaviour) => {
    stage.authorize = behaviour;
    for (const type of ['application/grpc', 'application/grpc+proto']) {
      const answer = await ask('/', { 'content-type': type });
      expect(answer).toMatchObject({ status: 200, headers: { 'grpc-status': '14', 'retry-after': '1' } });
      expect(answer.headers['grpc-message']).toContain('authorization_unavailable');
      expect(answer.body).toBe('');
    }
  });

  it.each([201, 204, 302, 404])('is not let through by a status of %i', async (status) => {
    stage.authorize = (_request, response) => response.writeHead(status).end();
    expect((await ask('/')).status).toBe(status);
  });
});

it('a 503 of the app is its own', async () => {
  await stage.api.stop();
  try {
    const answer = await ask('/');
    expect(answer.status).toBe(503);
    expect(answer.body).not.toContain('authorization_unavailable');
  } finally {
    stage.api = await startDemoApi(stage.api.port);
  }
});

describe('a WebSocket', () => {
  const echo = createServer().on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
    socket.pipe(socket);
  });
  beforeAll(async () => {
    await stage.api.stop();
    echo.listen(stage.api.port, '127.0.0.1');
    await once(echo, 'listening');
  });
  afterAll(async () => {
    echo.close();
    stage.api = await startDemoApi(stage.api.port);
  });
  const open = (): ReturnType<typeof request> => {
    const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
    return request({ host: '127.0.0.1', port: stage.port, path: '/live', headers, agent: false }).end();
  };

  it('is opened by an allow, and then left to the two', async () => {
    const [answer, socket] = await once(open(), 'upgrade');
    expect(answer.statusCode).toBe(101);
    expect(stage.checks.at(-1)?.headers.upgrade).toBe('websocket');
    socket.write('ping');
    expect(String((await once(socket, 'data'))[0])).toBe('ping');
    socket.destroy();
  });

  it('is refused by a denial', async () => {
    stage.authorize = (_request, response) => response.writeHead(401).end();
    const [answer] = await once(open(), 'response');
    expect(answer.statusCode).toBe(401);
    answer.destroy();
  });
});

it('the log tells of the decision and hides the query', async () => {
  await ask('/logged?access_token=secret');
  const find = (): unknown => stage.log().find(({ path }) => path === '/logged');
  await expect.poll(find).toMatchObject({
    method: 'GET',
    port: 8080,
    client: '127.0.0.1',
    status: 200,
    outcome: 'allowed',
    reason: 'authenticated',
    user: 'joe',
    binding: null,
  });
  expect(JSON.stringify(stage.log())).not.toContain('secret');
});
