// What is true of Istio alone, and what its page says of it.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoApi, type Echo, startDemoApi } from '../../dev/api.ts';
import { asking, contractCases, MANIFESTS, withToken } from '../envoy/contract-cases.ts';
import { printed } from '../envoy/gateway-stage.ts';
import { type Sent, send } from '../envoy/guarded.ts';
import { freePorts } from '../support/server.ts';
import { startValidator, type Validator } from '../support/validator.ts';
import {
  attachedGateway,
  CLASSIC_LABELS,
  classicGateway,
  DEPLOYED_LABELS,
  GATEWAY,
  meshConfig,
  route,
} from './istio/objects.ts';
import { type IstioGateway, startIstio } from './istio/program.ts';
import { startProxy } from './istio/proxy.ts';

const SOON = { timeout: 60_000 };
const FLAGS = ['--tls', 'off'];
const HOSTS = ['orders.example'];

let api: DemoApi;
let validator: Validator;
let istio: IstioGateway;
let mesh: object;
const ends: (() => unknown)[] = [];
beforeAll(async () => {
  api = await startDemoApi(0);
  validator = await startValidator({ manifests: MANIFESTS });
  const { http, grpc } = validator;
  const parts = { app: api.port, validator: { http: Number(http), grpc: Number(grpc) }, hosts: HOSTS };
  istio = await startIstio(parts, { flags: FLAGS });
  [mesh] = (await printed('istio', ...FLAGS)) as [object];
});
afterAll(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await istio?.stop();
  await validator?.stop();
  await api?.stop();
});

const good = (target = '/') => withToken(contractCases(Math.floor(Date.now() / 1000)).bearer(), target);
const ask = (sent: Sent, port = istio.port) => send(port, sent);
const status = async (sent: Sent, port = istio.port) => (await ask(sent, port)).status;
async function echoed(sent: Sent): Promise<Echo> {
  const { status: answered, body } = await ask(sent);
  expect([answered, body]).toEqual([200, expect.stringContaining('"path"')]);
  return JSON.parse(body);
}

it.each([
  ['/a/../b', '/b'],
  ['/a/%2e%2e/b', '/b'],
  ['/a\\b', '/a/b'],
  ['/a//b', '/a//b'],
  ['/a%2fb', '/a%2fb'],
  ['/a;x/b?q=%2F//', '/a;x/b?q=%2F//'],
])('of a request to %s the app gets %s', async (sent, got) => {
  expect((await echoed(good(sent))).path).toBe(got);
});

it.each(['/a/../internal/x', '/a/%2e%2e/internal/x', '/a\\..\\internal\\x'])(
  '%s is judged as what it leads to',
  async (target) => {
    expect(await status(good(target))).toBe(403);
  },
);

it('a host that no route has is not asked about', async () => {
  expect(await ask({ headers: [['host', 'nobody.example']] })).toMatchObject({ status: 404, body: '' });
});

it('names with an underscore pass, until the mesh says otherwise', async () => {
  const sent = { ...good(), headers: [...(good().headers ?? []), ['x_tenant', '1']] } as const;
  expect((await echoed(sent)).headers).toHaveProperty('x_tenant');
  const connectionSettings = { httpHeadersWithUnderscoresAction: 'HEADERS_WITH_UNDERSCORES_DROP_HEADER' };
  await istio.apply(meshConfig(mesh, { defaultConfig: { connectionSettings } }));
  await expect.poll(async () => (await echoed(sent)).headers, SOON).not.toHaveProperty('x_tenant');
});

it('a provider that the mesh does not name is a refusal', async () => {
  await istio.apply(meshConfig({}));
  await expect.poll(() => ask(good()), SOON).toMatchObject({ status: 403, body: 'RBAC: access denied' });
  expect(await status(asking('/healthz'))).toBe(403);
  await istio.apply(meshConfig(mesh));
  await expect.poll(() => status(good()), SOON).toBe(200);
  expect(await status(asking('/'))).toBe(401);
});

it('without istiod the proxy goes on, and hears of what has changed when it is back', async () => {
  await istio.istiod.halt();
  expect([await status(good()), await status(asking('/'))]).toEqual([200, 401]);
  await istio.apply(route([...HOSTS, 'nobody.example']));
  await istio.istiod.resume();
  const unbound = () => status({ headers: [['host', 'nobody.example']] });
  await expect.poll(unbound, SOON).toBe(403);
  expect([await status(good()), await status(asking('/'))]).toEqual([200, 401]);
});

describe('the policy', () => {
  const proxy = async (
    namespace: string,
    serviceAccount: string,
    labels: Readonly<Record<string, string>>,
  ) => {
    const started = await startProxy({ ...istio, namespace, serviceAccount, labels });
    ends.push(() => started.stop());
    return started;
  };
  const policies = async (...args: string[]) => {
    const [, ...objects] = (await printed('istio', ...FLAGS, ...args)) as readonly object[];
    return objects;
  };

  it('applies to no pods without the label, and beside that of another Gateway', async () => {
    const [port = 0] = await freePorts(1);
    const own = { app: 'own' };
    await istio.apply(...attachedGateway('own', own, port), route(HOSTS, 'own'));
    await istio.apply(...(await policies('--gateway', `${GATEWAY.namespace}/own`)));
    const open = await proxy(GATEWAY.namespace, 'own', own);
    await expect.poll(() => status(asking('/'), port).catch(() => 0), SOON).toBe(200);
    await open.stop();
    const [label] = Object.keys(DEPLOYED_LABELS);
    await proxy(GATEWAY.namespace, 'own', { ...own, [label ?? '']: 'own' });
    await expect.poll(() => status(asking('/'), port).catch(() => 0), SOON).toBe(401);
    expect([await status(good(), port), await status(asking('/')), await status(good())]).toEqual([
      200, 401, 200,
    ]);
  });

  it('without --gateway is for the classic ingress gateway', async () => {
    const [port = 0] = await freePorts(1);
    await istio.apply(...classicGateway(port), ...(await policies()));
    await proxy('istio-system', 'classic', CLASSIC_LABELS);
    await expect.poll(() => status(asking('/'), port).catch(() => 0), SOON).toBe(401);
    expect(await status(good(), port)).toBe(200);
  });
});
