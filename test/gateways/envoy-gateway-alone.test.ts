// What is true of Envoy Gateway and of no other gateway: offers, the router, paths, policies of routes, its controller.

import { Agent, get } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asking, contractCases, MANIFESTS, withToken } from '../envoy/contract-cases.ts';
import { type Received, type Sent, send } from '../envoy/guarded.ts';
import { OK, type RawApp, saying, startRawApp } from '../envoy/raw-app.ts';
import { startValidator, type Validator } from '../support/validator.ts';
import { keepsTheCheck, objects, securityPolicy, validators } from './envoy-gateway/objects.ts';
import { type EnvoyGateway, startEnvoyGateway } from './envoy-gateway/program.ts';

const HOSTS = ['orders', 'down', 'broken', 'nobody'].map((name) => `${name}.example`);
const cases = () => contractCases(Math.floor(Date.now() / 1000));
const bearer: ReturnType<typeof contractCases>['bearer'] = (...parts) => cases().bearer(...parts);

let app: RawApp;
let validator: Validator;
let gateway: EnvoyGateway;

beforeAll(async () => {
  app = await startRawApp();
  validator = await startValidator({ manifests: MANIFESTS });
  gateway = await startEnvoyGateway({
    app: app.port,
    validator: { http: Number(validator.http), grpc: Number(validator.grpc) },
    hosts: HOSTS,
  });
});
afterAll(async () => {
  await gateway?.stop();
  await validator?.stop();
  app?.stop();
});
beforeEach(() => {
  app.received.length = 0;
  app.answer = saying(OK);
});

const ask = (sent: Sent): Promise<Received> => send(gateway.port, sent);
const status = async (sent: Sent): Promise<number> => (await ask(sent)).status;
/** On a connection that stays. */
const askOn = (agent: Agent): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const sent = { host: '127.0.0.1', port: gateway.port, agent, headers: { host: 'orders.example' } };
  get(sent, (response) => response.resume().once('end', resolve)).once('error', () => resolve());
  return promise;
};
/** The requests that came to the app. */
const arrived = (): readonly string[] => app.received.map(({ text }) => text).filter((text) => text !== '');
const tokenAnd = (...headers: readonly (readonly [string, string])[]): Sent =>
  asking('/', ['authorization', `Bearer ${bearer()}`], ...headers);

describe('what a client sends', () => {
  it.each(['TLS/1.2', 'h2c', 'HTTP/3.0, foo'])('may offer %s, which is passed over', async (protocol) => {
    const offer = [
      ['connection', 'Upgrade'],
      ['upgrade', protocol],
    ] as const;
    expect(await status(asking('/', ...offer))).toBe(401);
    expect(await status(tokenAnd(...offer))).toBe(200);
    expect(arrived().join()).not.toMatch(/upgrade/i);
  });

  it('may ask for a WebSocket, and takes no header of the check away with it', async () => {
    const offer = [
      ['connection', 'Upgrade, x-auth-user'],
      ['upgrade', 'websocket'],
    ] as const;
    expect(await status(asking('/', ...offer))).toBe(401);
    expect(await status(tokenAnd(...offer))).toBe(200);
    expect(arrived()).toHaveLength(1);
    expect(arrived()[0]).toMatch(/\r\nconnection: Upgrade\r\n/i);
    expect(arrived()[0]).toContain('\r\nupgrade: websocket\r\n');
  });

  it('is no order to the router: one request stays one', async () => {
    app.answer = saying('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n');
    const orders = tokenAnd(
      ['x-envoy-retry-on', '5xx,retriable-status-codes'],
      ['x-envoy-retriable-status-codes', '503'],
      ['x-envoy-max-retries', '5'],
    );
    expect(await status(orders)).toBe(503);
    expect(arrived()).toHaveLength(1);
  });

  it.each([
    [80, 200],
    [94, 500],
    [110, 431],
  ])('may have %i headers of its own: %i', async (count, expected) => {
    const own = Array.from({ length: count }, (_, n) => [`x-own-${n}`, 'x'] as const);
    expect(await status(tokenAnd(...own))).toBe(expected);
    expect(arrived()).toHaveLength(expected === 200 ? 1 : 0);
  });

  it.each([
    ['/a//b/../c', '/a/c'],
    ['/a/%2e%2e/b', '/b'],
    ['/a\\b', '/a/b'],
    ['/mine/joe/..;/joe', '/mine/joe'],
  ])('%s is judged and served as %s', async (target, served) => {
    expect(await status(withToken(bearer(), target))).toBe(200);
    expect(arrived()[0]).toMatch(new RegExp(`^GET ${served} HTTP`));
  });
});

it('the access log says what became of the check', async () => {
  await ask(asking('/maybe/x'));
  await ask(withToken(bearer(), '/admin?x=y'));
  const logged = () =>
    gateway
      .logs()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line): unknown => JSON.parse(line));
  await expect.poll(logged).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        request: 'GET orders.example/maybe/x',
        status: 200,
        check: expect.objectContaining({ 'portcullis-outcome': 'allowed' }),
      }),
      expect.objectContaining({
        request: 'GET orders.example/admin',
        status: 403,
        check: expect.objectContaining({ 'portcullis-reason': 'role_mismatch', 'portcullis-user': 'joe' }),
      }),
    ]),
  );
});

describe('a policy of a route', () => {
  const host = 'nobody.example';
  const sent: Sent = { headers: [['host', host]] };
  afterEach(async () => {
    await gateway.apply('route', []);
    await expect.poll(() => status(sent)).toBe(403);
  });

  it('replaces the one of the Gateway, and opens the route', async () => {
    await gateway.apply('route', [securityPolicy(host)]);
    await expect.poll(() => status(sent)).toBe(200);
  });

  it('leaves it in force where it says that it is merged', async () => {
    await gateway.apply('route', [securityPolicy(host, { mergeType: 'StrategicMerge' })]);
    const preflight = [
      ['origin', 'https://shop.example'],
      ['access-control-request-method', 'PUT'],
    ] as const;
    const headers = [['host', host], ...preflight] as const;
    await expect
      .poll(async () => (await ask({ method: 'OPTIONS', headers })).headers)
      .toHaveProperty('access-control-allow-origin');
    expect(await status(sent)).toBe(403);
  });
});

describe('while a part is away', () => {
  it('the proxy goes on by what it knows when the controller is stopped, and after its return', async () => {
    const judges = async () => [await status(asking('/')), await status(tokenAnd())];
    await gateway.stopController();
    expect(await judges()).toEqual([401, 200]);
    gateway.startController();
    await gateway.apply('route', [securityPolicy('nobody.example')]);
    await expect.poll(() => status({ headers: [['host', 'nobody.example']] })).toBe(200);
    expect(await judges()).toEqual([401, 200]);
  });

  // The check is taken out of the listener, and put in again: for a moment the routes are there without it.
  it('nobody is let in while the Gateway loses its validators, and when it finds them again', () =>
    underLoad(async () => {
      await gateway.apply('validators', []);
      await expect.poll(() => status(asking('/'))).toBe(403);
      await gateway.apply('validators', [validators(Number(validator.grpc))]);
      await expect.poll(() => status(asking('/'))).toBe(401);
    }));

  it('nobody is let in while it loses its routes but the one that keeps the check, and when it has them again', async () => {
    await gateway.apply('kept', keepsTheCheck());
    await underLoad(async () => {
      const places = { gateway: gateway.port, app: app.port };
      await gateway.apply('all', await objects(places, []));
      await expect.poll(() => status(asking('/'))).toBe(404);
      await gateway.apply('all', await objects(places, HOSTS));
      await expect.poll(() => status(asking('/'))).toBe(401);
    });
  });
});

/** Some times, while many ask without a token, on new connections and on one that stays. */
async function underLoad(change: () => Promise<void>): Promise<void> {
  let over = false;
  const kept = new Agent({ keepAlive: true, maxSockets: 1 });
  const repeat = async (once: () => Promise<unknown>): Promise<void> => {
    while (!over) await once();
  };
  const onNew = () => ask(asking('/')).catch(() => undefined);
  const loads = [repeat(onNew), repeat(onNew), repeat(onNew), repeat(() => askOn(kept))];
  try {
    for (const _ of [1, 2]) await change();
  } finally {
    over = true;
    await Promise.all(loads);
    kept.destroy();
  }
  expect(arrived()).toEqual([]);
  await expect.poll(() => status(tokenAnd())).toBe(200);
}
