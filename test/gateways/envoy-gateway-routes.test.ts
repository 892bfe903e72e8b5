// Envoy Gateway says which route has matched: the real program and its proxy, and a validator with a gateway's policy.

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { isJsonObject, type JsonObject } from '../../src/base/json.ts';
import { objectAt } from '../../src/base/members.ts';
import { type Received, type Sent, send } from '../envoy/guarded.ts';
import { type RawApp, startRawApp } from '../envoy/raw-app.ts';
import { GATEWAY, objects } from './envoy-gateway/objects.ts';
import { type EnvoyGateway, startEnvoyGateway } from './envoy-gateway/program.ts';
import {
  type RoutesPlane,
  startRoutesPlane,
  type WrittenBinding,
  type WrittenRoute,
} from './routes-plane.ts';

const ENVOY = 'gateway.envoyproxy.io';
const HOST = 'shared.example';
const RPC_HOST = 'rpc.example';
const RPC = '/orders.v1.Orders/List';
/** The harness has a route for it, which nothing guards here. */
const OTHER_HOST = 'other.example';

const backendRefs = [{ group: ENVOY, kind: 'Backend', name: 'app' }];
const below = (path: string, name?: string): JsonObject => ({
  ...(name !== undefined && { name }),
  matches: [{ path: { type: 'PathPrefix', value: path } }],
  backendRefs,
});
const route = (
  id: string,
  rules: readonly JsonObject[],
  host = HOST,
  kind: WrittenRoute['kind'] = 'HTTPRoute',
): WrittenRoute => {
  const [namespace = '', name = ''] = id.split('/');
  const spec = { parentRefs: [{ ...GATEWAY }], hostnames: [host], rules: [...rules] };
  return { kind, namespace, name, spec };
};

const ROUTES = [
  route('shop/web', [below('/shop/admin', 'admin'), below('/shop', 'rest')]),
  route('shop/open', [below('/open')]),
  route('bank/web', [below('/bank', 'pay')]),
  route('bank/free', [below('/free')]),
  route(
    'shop/rpc',
    [{ matches: [{ method: { service: 'orders.v1.Orders' } }], backendRefs }],
    RPC_HOST,
    'GRPCRoute',
  ),
];
const of = (name: string, more: JsonObject = {}): readonly JsonObject[] => [
  { kind: 'HTTPRoute', name, ...more },
];
const BINDINGS: readonly WrittenBinding[] = [
  { id: 'shop/web', targetRefs: of('web') },
  { id: 'shop/admin', targetRefs: of('web', { sectionName: 'admin' }) },
  { id: 'shop/open', targetRefs: of('open'), mode: 'Disabled' },
  { id: 'bank/web', targetRefs: of('web') },
  { id: 'shop/rpc', targetRefs: [{ kind: 'GRPCRoute', name: 'rpc' }] },
];

let app: RawApp;
let plane: RoutesPlane;
let gateway: EnvoyGateway;

beforeAll(async () => {
  app = await startRawApp();
  plane = await startRoutesPlane(`${GATEWAY.namespace}/${GATEWAY.name}`, ROUTES);
  await plane.enforce(BINDINGS);
  gateway = await startEnvoyGateway({
    app: app.port,
    validator: { http: 0, grpc: plane.grpc },
    hosts: [OTHER_HOST],
  });
  await gateway.apply('routes', [...ROUTES.map(written), backend('bank')]);
  for (const [target, host] of [
    ['/free', HOST],
    [RPC, RPC_HOST],
  ] as const) {
    await vi.waitFor(async () => expect((await ask(target, host)).status).not.toBe(404), { timeout: 60_000 });
  }
});
afterAll(async () => {
  await gateway?.stop();
  await plane?.stop();
  app?.stop();
});

const written = ({ kind, namespace, name, spec }: WrittenRoute): JsonObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind,
  metadata: { namespace, name },
  spec,
});
/** Where the app is, for routes of this namespace. */
const backend = (namespace: string): JsonObject => ({
  apiVersion: `${ENVOY}/v1alpha1`,
  kind: 'Backend',
  metadata: { name: 'app', namespace },
  spec: { endpoints: [{ ip: { address: '127.0.0.1', port: app.port } }] },
});

const ask = (target: string, host = HOST, headers: Sent['headers'] = []): Promise<Received> =>
  send(gateway.port, { target, headers: [['host', host], ...headers] });

/** The binding that has refused, or the status. */
async function decidedBy(...asked: Parameters<typeof ask>): Promise<string> {
  const { status, headers, body } = await ask(...asked);
  const realm = /realm="([^"]*)"/.exec(String(headers['www-authenticate']))?.[1];
  if (realm !== undefined) return realm;
  return status === 200 ? 'allowed' : `${status} ${JSON.parse(body).reason}`;
}

const rpc: Sent['headers'] = [['content-type', 'application/grpc']];

describe('a request', () => {
  it.each([
    ['/shop/x', HOST, 'shop/web'],
    ['/shop/admin/x', HOST, 'shop/admin'],
    ['/bank/x', HOST, 'bank/web'],
    ['/open', HOST, 'allowed'],
    // Nothing targets these two, and a binding in mode Disabled has the host of the first.
    ['/free', HOST, '403 host_unbound'],
    ['/', OTHER_HOST, '403 host_unbound'],
  ])('for %s at %s is decided by the binding of its own route: %s', async (target, host, expected) => {
    expect(await decidedBy(target, host)).toBe(expected);
  });

  it('over gRPC is decided by the binding of its GRPCRoute', async () => {
    expect(await decidedBy(RPC, RPC_HOST, rpc)).toBe('shop/rpc');
  });

  it('names no route by its own headers', async () => {
    for (const value of [
      'HTTPRoute/shop/open',
      'HTTPRoute shop/open',
      '{"kind":"HTTPRoute","name":"open"}',
    ]) {
      const forged = ['x-portcullis-route', 'envoy-gateway', 'x-envoy-route', 'x-envoy-original-path'].map(
        (name) => [name, value] as const,
      );
      expect(await decidedBy('/free', HOST, forged)).toBe('403 host_unbound');
      expect(await decidedBy('/shop/admin', HOST, forged)).toBe('shop/admin');
    }
  });
});

it('the control plane is told that the gateway says so, until a check comes without', async () => {
  await ask('/shop/x');
  const others = BINDINGS.filter(({ id }) => id !== 'shop/admin');
  expect(await plane.enforce(others)).toBe('true');
  expect(await decidedBy('/shop/admin/x')).toBe('shop/web');
  await plane.enforce(BINDINGS);
});

it('where it does not say so, hosts choose, and nothing is open by that', async () => {
  const places = { gateway: gateway.port, app: app.port, validator: plane.grpc };
  const all = await objects(places, [OTHER_HOST]);
  await gateway.apply('all', all.map(withoutRouteMetadata));
  // Of one age the first by its name has the host: its namespace decides, though most of the routes are not its own.
  await expect.poll(() => decidedBy('/open'), { timeout: 60_000 }).toBe('bank/web');
  expect(await decidedBy('/shop/admin')).toBe('bank/web');
  const pay = { id: 'bank/pay', targetRefs: of('web', { sectionName: 'pay' }) };
  expect(await plane.enforce([...BINDINGS, pay])).toBe('false');
  // Any request for the host may be one for that rule.
  for (const target of ['/open', '/bank/x', '/shop/x', '/free']) {
    expect(await decidedBy(target)).toBe('403 host_unbound');
  }
});

/** The policy as it was printed for older versions; under another name, for the program looks at no edits of files. */
function withoutRouteMetadata(object: unknown): unknown {
  if (!isJsonObject(object) || object.kind !== 'SecurityPolicy') return object;
  const { extAuth, ...spec } = objectAt(object.spec);
  const { includeRouteMetadata, ...rest } = objectAt(extAuth);
  expect(includeRouteMetadata).toBe(true);
  return { ...object, metadata: { ...GATEWAY, name: 'by-host' }, spec: { ...spec, extAuth: rest } };
}
