// When pods, bindings and the operator itself come and go, in every order: guarded, or not there at all.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJsonObject } from '../../src/base/json.ts';
import { HOME } from '../chart/render.ts';
import { guard, keys, withToken } from './keyed.ts';
import { appDeployment, appService, PORT } from './objects.ts';
import { addressesOf, conditionOf, inUrl, podsOf } from './pods.ts';
import { enter, OPERATOR, type World } from './world.ts';

const WAIT = { timeout: 90_000, interval: 200 };

let world: World;

beforeAll(async () => {
  world = await enter();
});
afterAll(() => world?.leave());

/** An address of the only pod of the app, once it has one. */
async function addressOf(namespace: string, app: string): Promise<string> {
  const { k } = world;
  const address = async () => addressesOf((await podsOf(k, namespace, app))[0])[0];
  await expect.poll(address, WAIT).toBeDefined();
  return inUrl((await address()) ?? '');
}

describe('in one file, in any order', () => {
  const ORDERS = [
    ['binding', 'service', 'deployment'],
    ['binding', 'deployment', 'service'],
    ['service', 'binding', 'deployment'],
    ['service', 'deployment', 'binding'],
    ['deployment', 'binding', 'service'],
    ['deployment', 'service', 'binding'],
  ] as const;

  it.each(ORDERS)('%s, %s, %s', async (...order) => {
    const { k, client, image } = world;
    const namespace = `order-${order.map((kind) => kind[0]).join('')}`;
    await world.namespace(namespace);
    const objects = {
      binding: guard(namespace, 'api'),
      service: appService('api', namespace),
      deployment: appDeployment({ name: 'api', namespace, image }),
    };
    await k.apply(keys(namespace), ...order.map((kind) => objects[kind]));
    const address = await addressOf(namespace, 'api');
    // From its first moment on.
    const load = await client.load({ url: `http://${address}:${PORT}/x` });
    await k.wait('condition=Available', 'deployment/api', namespace);
    await load.until(0, '401 token_missing');
    const [runs = []] = await load.stop();
    expect(runs.filter(({ answer }) => answer.startsWith('2'))).toEqual([]);
    await k.wait('condition=Ready', 'apibinding/api', namespace);
    const url = `http://api.${namespace}.svc.cluster.local/x`;
    await expect.poll(() => client.outcome({ url }), WAIT).toBe('401 token_missing');
    expect(await client.outcome(withToken(url))).toBe('200');
  });
});

it('a pod that asks for its guard has it before there is a binding, and then follows without a restart', async () => {
  const { k, client, image } = world;
  const namespace = 'early';
  await world.namespace(namespace);
  const labels = { 'portcullis.dev/inject': 'true' };
  await k.apply(appService('api', namespace), appDeployment({ name: 'api', namespace, image, labels }));
  const url = `http://${await addressOf(namespace, 'api')}:${PORT}/x`;
  await expect.poll(() => client.outcome({ url }), WAIT).toBe('503 policy_missing');
  const [before] = await podsOf(k, namespace, 'api');
  await k.apply(keys(namespace), guard(namespace, 'api'));
  await expect.poll(() => client.outcome({ url }), WAIT).toBe('401 token_missing');
  // Not before the app, which starts behind its guard, is there.
  await expect.poll(() => client.outcome(withToken(url)), WAIT).toBe('200');
  const [after] = await podsOf(k, namespace, 'api');
  expect(after?.metadata).toMatchObject({ uid: isJsonObject(before?.metadata) ? before.metadata.uid : '' });
});

it('rollout: Automatic brings a guard to pods that are older than it', async () => {
  const { k, client, image } = world;
  const namespace = 'older';
  await world.namespace(namespace);
  await k.apply(keys(namespace), appService('api', namespace));
  await k.apply(appDeployment({ name: 'api', namespace, image, replicas: 2 }));
  await k.wait('condition=Available', 'deployment/api', namespace);
  const url = `http://api.${namespace}.svc.cluster.local/x`;
  await expect.poll(() => client.outcome({ url }), WAIT).toBe('200');
  await k.apply(guard(namespace, 'api', { rollout: 'Automatic' }));
  await k.wait('condition=Ready', 'apibinding/api', namespace);
  await expect.poll(() => client.outcome({ url }), WAIT).toBe('401 token_missing');
  expect(await client.outcome(withToken(url))).toBe('200');
});

it('a pod that refuses its guard has none, and status says so', async () => {
  const { k, client, image } = world;
  const namespace = 'never';
  await world.namespace(namespace);
  const labels = { 'portcullis.dev/inject': 'false' };
  await k.apply(keys(namespace), guard(namespace, 'api'), appService('api', namespace));
  await k.apply(appDeployment({ name: 'api', namespace, image, labels }));
  await k.wait('condition=Available', 'deployment/api', namespace);
  await expect
    .poll(() => client.outcome({ url: `http://api.${namespace}.svc.cluster.local/x` }), WAIT)
    .toBe('200');
  const guarded = async () => conditionOf(await k.get('apibinding', 'api', namespace), 'Guarded');
  await expect.poll(guarded, WAIT).toMatch(/^False/);
});

it('without the webhook, pods of labelled namespaces wait, and others start', async () => {
  const { k, client, image } = world;
  const namespace = 'waiting';
  await world.namespace(namespace);
  await k.apply(keys(namespace), guard(namespace, 'api'), appService('api', namespace));
  const operator = ['scale', 'deployment/portcullis-operator', '-n', HOME];
  await k.must([...operator, '--replicas=0']);
  try {
    await expect.poll(() => k.list('pods', HOME, OPERATOR), WAIT).toEqual([]);
    await k.apply(appDeployment({ name: 'api', namespace, image }));
    await k.apply(appDeployment({ name: 'free', namespace: 'outside', image }));
    await k.wait('condition=Available', 'deployment/free', 'outside');
    const events = async () => (await k.list('events', namespace)).map(({ message }) => String(message));
    await expect.poll(events, WAIT).toContainEqual(expect.stringContaining('failed calling webhook'));
    expect(await podsOf(k, namespace, 'api')).toEqual([]);
  } finally {
    await k.must([...operator, '--replicas=2']);
    await k.must(['delete', 'deployment', 'free', '-n', 'outside', '--ignore-not-found']);
  }
  await k.must(['rollout', 'status', 'deployment/portcullis-operator', '-n', HOME, '--timeout=120s']);
  // The ReplicaSet tries again with pauses that grow; a new one tries at once.
  await k.must(['rollout', 'restart', 'deployment/api', '-n', namespace]);
  await k.wait('condition=Available', 'deployment/api', namespace);
  await expect
    .poll(() => client.outcome({ url: `http://api.${namespace}.svc.cluster.local/x` }), WAIT)
    .toBe('401 token_missing');
});
