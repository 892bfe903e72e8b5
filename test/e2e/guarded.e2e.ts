// A real pod, guarded by what the chart has installed: every way in, every header, every probe.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import type { Realm } from '../keycloak/realm.ts';
import type { Echo } from './agent/app.ts';
import { issuerOf, type OpenKeycloak, openKeycloak } from './keycloak.ts';
import { appDeployment, appService, binding, GRPC_PORT, PORT, source } from './objects.ts';
import {
  addressesOf,
  clusterAddressesOf,
  conditionOf,
  inUrl,
  isReady,
  nameOf,
  nodePortOf,
  podsOf,
} from './pods.ts';
import { enter, type World } from './world.ts';

const SHOP = 'guarded';
const ann = { user: 'ann', password: 'correct horse' };
const joe = { user: 'joe', password: 'battery staple' };
const WAIT = { timeout: 60_000, interval: 200 };

let world: World;
let keycloak: OpenKeycloak;
let realm: Realm;
let pod: JsonObject;
let tokens: { readonly ann: string; readonly joe: string };

beforeAll(async () => {
  world = await enter();
  const { k, image } = world;
  keycloak = await openKeycloak(world);
  realm = await keycloak.createRealm('guarded');
  await realm.createRole('admin');
  await realm.createClient('web', { audience: 'https://orders.example' });
  await realm.createUser({ ...ann, roles: ['admin'] });
  await realm.createUser(joe);
  await world.namespace(SHOP);
  await k.apply(
    keycloak.authority(SHOP),
    source(SHOP, 'keycloak', {
      preset: 'Keycloak',
      issuer: issuerOf('guarded'),
      audiences: ['https://orders.example'],
      fetch: { caBundleFrom: { configMapKeyRef: { name: 'keycloak-ca', key: 'ca.crt' } } },
    }),
    binding(SHOP, 'orders', {
      sources: [{ name: 'keycloak' }],
      rules: [
        { name: 'health', match: { paths: [{ type: 'Exact', value: '/healthz' }] }, authentication: 'None' },
        {
          name: 'admin',
          match: { paths: [{ type: 'PathPrefix', value: '/admin' }] },
          require: { roles: { anyOf: ['admin'] } },
        },
        { name: 'rest', authentication: 'Required' },
      ],
    }),
    appService('orders', SHOP, { type: 'NodePort' }),
    appDeployment({ name: 'orders', namespace: SHOP, image }),
  );
  await k.wait('condition=Available', 'deployment/orders', SHOP);
  await k.wait('condition=Ready', 'apibinding/orders', SHOP);
  pod = (await podsOf(k, SHOP, 'orders'))[0] ?? {};
  tokens = { ann: await realm.token('web', ann), joe: await realm.token('web', joe) };
});
afterAll(() => {
  keycloak?.close();
  return world?.leave();
});

const bearer = (token: string) => ['authorization', `Bearer ${token}`] as const;
const service = `http://orders.${SHOP}.svc.cluster.local`;

async function echoed(url: string, ...headers: readonly (readonly [string, string])[]): Promise<Echo> {
  const { status, body } = await world.client.send({ url, headers: [bearer(tokens.ann), ...headers] });
  expect(status, body).toBe(200);
  return JSON.parse(body) as Echo;
}

describe('every way in', () => {
  /** Name → what a client would call. */
  async function ways(): Promise<ReadonlyMap<string, string>> {
    const found = await world.k.get('service', 'orders', SHOP);
    const addresses = 'jsonpath={.items[0].status.addresses[?(@.type=="InternalIP")].address}';
    const nodes = (await world.k.must(['get', 'nodes', '-o', addresses])).split(' ');
    return new Map([
      ['Service, by name', service],
      ...clusterAddressesOf(found).map(
        (address) => [`Service ${address}`, `http://${inUrl(address)}`] as const,
      ),
      ...addressesOf(pod).map((address) => [`pod ${address}`, `http://${inUrl(address)}:${PORT}`] as const),
      ...addressesOf(pod).map(
        (address) => [`listener ${address}`, `http://${inUrl(address)}:15906`] as const,
      ),
      ...nodes.map(
        (address) => [`node ${address}`, `http://${inUrl(address)}:${nodePortOf(found)}`] as const,
      ),
    ]);
  }

  it('needs a token, over each address of each family', async () => {
    const found = await ways();
    expect(found.size).toBe(world.dualStack ? 9 : 5);
    for (const [name, url] of found) {
      expect(await world.client.outcome({ url: `${url}/x` }), name).toBe('401 token_missing');
      expect(await world.client.outcome({ url: `${url}/x`, headers: [bearer(tokens.joe)] }), name).toBe(
        '200',
      );
      expect(await world.client.outcome({ url: `${url}/admin/x`, headers: [bearer(tokens.joe)] }), name).toBe(
        '403 role_mismatch',
      );
      expect(await world.client.outcome({ url: `${url}/healthz` }), name).toBe('200');
    }
  });

  it('the sidecars tell nobody anything', async () => {
    for (const address of addressesOf(pod)) {
      const at = (port: number, path: string) =>
        world.client.outcome({ url: `http://${inUrl(address)}:${port}${path}` });
      expect(await at(15_903, '/policy')).toBe('ECONNREFUSED');
      expect(await at(15_904, '/policy')).toBe('404');
      expect(await at(15_904, '/readyz')).toBe('200');
      expect(await at(15_905, '/config_dump')).toBe('404');
      expect(await at(15_905, '/metrics')).toBe('200');
    }
  });
});

describe('what reaches the app', () => {
  const forged = [
    ...['x-auth-user', 'X-Auth-Roles', 'x-auth-source', 'x-portcullis-port', 'x-portcullis-client'],
    ...['x-original-url', 'x-rewrite-url', 'x-http-method-override'],
  ].map((name) => [name, 'mallory'] as const);

  it('its caller by the truth alone', async () => {
    const { headers } = await echoed(`${service}/x`, ...forged);
    expect(headers['x-auth-source']).toBe(`${SHOP}/keycloak`);
    expect(headers['x-auth-roles']).toContain('admin');
    expect(JSON.stringify(headers)).not.toContain('mallory');
  });

  it('no header whose name could be read as another', async () => {
    const { headers } = await echoed(`${service}/x`, ['x_auth_user', 'mallory']);
    expect(JSON.stringify(headers)).not.toContain('mallory');
  });

  it('the path as it was written, and no caller as localhost', async () => {
    const echo = await echoed(`${service}/a%20b/c;d=e?f=%2F`);
    expect(echo).toMatchObject({ path: '/a%20b/c;d=e?f=%2F', remote: expect.stringContaining('127.0.0.6') });
  });

  it('nothing for a path that could mean another', async () => {
    for (const path of ['/healthz/..%2fadmin', '/x/%252e%252e/admin', '/HEALTHZ']) {
      expect(await world.client.outcome({ url: `${service}${path}`, headers: [bearer(tokens.joe)] })).toBe(
        '400 path_ambiguous',
      );
    }
  });
});

it('gRPC callers see what became of their call', async () => {
  const call = (...headers: readonly (readonly [string, string])[]) =>
    world.client.send({
      url: `${service}:81/shop.Orders/Get`,
      method: 'POST',
      http2: true,
      headers: [['content-type', 'application/grpc'], ['te', 'trailers'], ...headers],
    });
  expect((await call()).headers).toMatchObject({ ':status': '200', 'grpc-status': '16' });
  expect((await call(bearer(tokens.joe))).headers).toMatchObject({ ':status': '200', 'grpc-status': '0' });
  const address = inUrl(addressesOf(pod)[0] ?? '');
  const direct = { url: `http://${address}:${GRPC_PORT}/admin/Get`, method: 'POST', http2: true };
  expect(
    (
      await world.client.send({
        ...direct,
        headers: [['content-type', 'application/grpc'], bearer(tokens.joe)],
      })
    ).headers,
  ).toMatchObject({ 'grpc-status': '7' });
});

it('probes need no token, and are true to the app', async () => {
  const { k } = world;
  const toggle = () =>
    k.must(['exec', '-n', SHOP, nameOf(pod), '-c', 'app', '--', 'node', '-e', 'process.kill(1, "SIGUSR2")']);
  const ready = async () => isReady(await k.get('pod', nameOf(pod), SHOP));
  expect(await ready()).toBe(true);
  await toggle();
  await expect.poll(ready, WAIT).toBe(false);
  await toggle();
  await expect.poll(ready, WAIT).toBe(true);
});

it('status says how it stands', async () => {
  const { k } = world;
  const columns = async (kind: string) =>
    (await k.must(['get', kind, '-n', SHOP, '--no-headers'])).trim().split(/\s+/).slice(0, -1);
  await expect.poll(() => columns('apibinding'), WAIT).toEqual(['orders', 'True', 'Ready', '1', '1/1']);
  expect(await columns('authsource')).toEqual(['keycloak', 'True', 'Ready', issuerOf('guarded'), '1', '1']);
  expect(conditionOf(await k.get('apibinding', 'orders', SHOP), 'Guarded')).toBe('True Guarded');
});

it('a binding that goes leaves the door shut, and says what to do', async () => {
  const { k, client } = world;
  const manifest = await k.must(['get', 'apibinding', 'orders', '-n', SHOP, '-o', 'yaml']);
  await k.must(['delete', 'apibinding', 'orders', '-n', SHOP]);
  const sent = { url: `${service}/x`, headers: [bearer(tokens.ann)] };
  await expect.poll(() => client.outcome(sent), WAIT).toBe('403 host_unbound');
  expect(JSON.parse((await client.send(sent)).body).detail).toMatch(/ApiBinding/);
  await k.must(['create', '-f', '-'], manifest.replace(/^ {2}(uid|resourceVersion): .*\n/gm, ''));
  await expect.poll(() => client.outcome(sent), WAIT).toBe('200');
});
