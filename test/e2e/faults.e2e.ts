// What may happen to a cluster, under a load whose every answer is counted: no wrong answer, and no lost request.

import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { HOME } from '../chart/render.ts';
import type { Realm } from '../keycloak/realm.ts';
import type { Tally } from './agent/protocol.ts';
import type { Load } from './client.ts';
import { IDENTITY, issuerOf, type OpenKeycloak, openKeycloak } from './keycloak.ts';
import { appDeployment, appService, binding, PORT, source } from './objects.ts';
import { addressesOf, conditionOf, inUrl, nameOf, podsOf, restartsOf } from './pods.ts';
import { killContainer } from './reaper.ts';
import { enter, OPERATOR, type World } from './world.ts';

const NAMESPACE = 'faults';
const ann = { user: 'ann', password: 'correct horse' };
const WAIT = { timeout: 120_000, interval: 200 };
const url = `http://api.${NAMESPACE}.svc.cluster.local/x`;

const OPEN = '200 v1';
const NO_TOKEN = '401 token_missing';
const AWAY = '503 authorization_unavailable';

let world: World;
let keycloak: OpenKeycloak;
let realm: Realm;
let load: Load;

const withToken = (token: string) => ({ url, headers: [['authorization', `Bearer ${token}`] as const] });

beforeAll(async () => {
  world = await enter();
  const { k, image } = world;
  keycloak = await openKeycloak(world);
  realm = await makeRealm();
  await world.namespace(NAMESPACE);
  await k.apply(
    keycloak.authority(NAMESPACE),
    source(NAMESPACE, 'keycloak', {
      preset: 'Keycloak',
      issuer: issuerOf('faults'),
      audiences: ['api'],
      fetch: {
        refreshInterval: '2s',
        retryInterval: '1s',
        unknownKeyCooldown: '1s',
        caBundleFrom: { configMapKeyRef: { name: 'keycloak-ca', key: 'ca.crt' } },
      },
    }),
    binding(NAMESPACE, 'api', { sources: [{ name: 'keycloak' }] }),
    appService('api', NAMESPACE),
    appDeployment({ name: 'api', namespace: NAMESPACE, image }),
  );
  await k.wait('condition=Available', 'deployment/api', NAMESPACE);
  await k.wait('condition=Ready', 'apibinding/api', NAMESPACE);
});
afterAll(() => {
  keycloak?.close();
  return world?.leave();
});

async function makeRealm(): Promise<Realm> {
  const made = await keycloak.createRealm('faults');
  await made.createClient('web', { audience: 'api' });
  await made.createUser(ann);
  return made;
}

/** Requests of everybody: with a good token, and without one. */
beforeEach(async () => {
  load = await world.client.load(withToken(await realm.token('web', ann)), { url });
  await load.until(0, OPEN);
});
afterEach(() => load.stop());

const answers = (tally: Tally, index: number) =>
  [...new Set(tally[index]?.map(({ answer }) => answer))].sort();

async function expectUndisturbed(): Promise<void> {
  await load.until(0, OPEN);
  await load.until(1, NO_TOKEN);
  const tally = await load.stop();
  expect(answers(tally, 0)).toEqual([OPEN]);
  expect(answers(tally, 1)).toEqual([NO_TOKEN]);
}

const pod = async (): Promise<JsonObject> => (await podsOf(world.k, NAMESPACE, 'api'))[0] ?? {};

it('the operator is deleted, all of it at once', async () => {
  const { k } = world;
  await k.must(['delete', 'pod', '-n', HOME, '-l', OPERATOR, '--grace-period=0', '--force']);
  await k.must(['rollout', 'status', 'deployment/portcullis-operator', '-n', HOME, '--timeout=120s']);
  await expectUndisturbed();
});

it.each([
  ['portcullis-validator', AWAY],
  ['portcullis-envoy', 'ECONNREFUSED'],
])('%s is killed: nobody is let in until it is back', async (container, away) => {
  const { k } = world;
  const before = restartsOf(await pod(), container);
  const direct = `http://${inUrl(addressesOf(await pod())[0] ?? '')}:${PORT}/x`;
  const own = await world.client.load(
    { ...withToken(await realm.token('web', ann)), url: direct },
    { url: direct },
  );
  await own.until(0, OPEN);
  await killContainer(k, NAMESPACE, nameOf(await pod()), container);
  await expect.poll(async () => restartsOf(await pod(), container), WAIT).toBe(before + 1);
  await own.until(0, OPEN);
  await own.until(1, NO_TOKEN);
  const tally = await own.stop();
  expect(answers(tally, 0)).toContain(away);
  expect([OPEN, away, 'ECONNRESET']).toEqual(expect.arrayContaining(answers(tally, 0)));
  expect([NO_TOKEN, away, 'ECONNRESET']).toEqual(expect.arrayContaining(answers(tally, 1)));
  // The Service leads there again.
  await load.until(0, OPEN);
});

it('keys are rotated: new tokens are good at once, and old ones as long as their key', async () => {
  const old = await realm.activeKey();
  const before = await realm.token('web', ann);
  await realm.rotateKey();
  const after = await realm.token('web', ann);
  await expect.poll(() => world.client.outcome(withToken(after)), WAIT).toBe('200');
  expect(await world.client.outcome(withToken(before))).toBe('200');
  await expectUndisturbed();
  await realm.disableKey(old);
  await expect.poll(() => world.client.outcome(withToken(before)), WAIT).toBe('401 key_unknown');
  expect(await world.client.outcome(withToken(after))).toBe('200');
});

it('policy is changed: each request is decided by the old one or the new one', async () => {
  const { k } = world;
  const require = (roles: readonly string[]) =>
    k.must([
      ...['patch', 'apibinding', 'api', '-n', NAMESPACE, '--type=merge', '-p'],
      JSON.stringify({ spec: { rules: [{ name: 'all', require: { roles: { anyOf: roles } } }] } }),
    ]);
  await require(['nobody']);
  await load.until(0, '403 role_mismatch');
  await k.must([
    'patch',
    'apibinding',
    'api',
    '-n',
    NAMESPACE,
    '--type=merge',
    '-p',
    '{"spec":{"rules":null}}',
  ]);
  await load.until(0, OPEN);
  const tally = await load.stop();
  expect(tally[0]?.map(({ answer }) => answer)).toEqual([OPEN, '403 role_mismatch', OPEN]);
  expect(answers(tally, 1)).toEqual([NO_TOKEN]);
});

it('workload and sidecars are rolled out', async () => {
  const { k } = world;
  await k.must(['rollout', 'restart', 'deployment/api', '-n', NAMESPACE]);
  await k.must(['rollout', 'status', 'deployment/api', '-n', NAMESPACE, '--timeout=180s']);
  await expectUndisturbed();
});

it('the provider is gone: keys go on serving, and status says so', async () => {
  const { k } = world;
  const available = async () =>
    conditionOf(await k.get('authsource', 'keycloak', NAMESPACE), 'KeysAvailable');
  await k.must(['scale', 'deployment/keycloak', '-n', IDENTITY, '--replicas=0']);
  try {
    await expect.poll(available, WAIT).toMatch(/UnknownHost|RequestTimeout/);
    await k.must(['rollout', 'restart', 'deployment/api', '-n', NAMESPACE]);
    await k.must(['rollout', 'status', 'deployment/api', '-n', NAMESPACE, '--timeout=180s']);
    await expectUndisturbed();
  } finally {
    await k.must(['scale', 'deployment/keycloak', '-n', IDENTITY, '--replicas=1']);
    // The forwarded port led to the pod that has gone.
    keycloak.close();
    keycloak = await openKeycloak(world);
  }
  // Its database was in memory: the same realm comes back with other keys.
  realm = await makeRealm();
  await expect.poll(available, WAIT).toMatch(/^True/);
  const token = await realm.token('web', ann);
  await expect.poll(() => world.client.outcome(withToken(token)), WAIT).toBe('200');
});
