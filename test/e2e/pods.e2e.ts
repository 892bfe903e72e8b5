// When pods and bindings come and go, in every order: guarded, or not there at all.

import { afterAll, beforeAll, describe, type ExpectStatic, it } from 'vitest';
import { isJsonObject } from '../../src/base/json.ts';
import { guard, keys, withToken } from './keyed.ts';
import { appDeployment, appService, PORT } from './objects.ts';
import { addressesOf, conditionOf, inUrl, podsOf } from './pods.ts';
import { enter, type World } from './world.ts';

const WAIT = { timeout: 90_000, interval: 200 };

let world: World;

beforeAll(async () => {
  world = await enter();
});
afterAll(() => world?.leave());

/** An address of the only pod of the app, once it has one. */
async function addressOf(expect: ExpectStatic, namespace: string, app: string): Promise<string> {
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

  it.concurrent.for(ORDERS)('%s, %s, %s', async (order, { expect }) => {
    const { k, client, image } = world;
    const namespace = `order-${order.map((kind) => kind[0]).join('')}`;
    await world.namespace(namespace);
    const objects = {
      binding: guard(namespace, 'api'),
      service: appService('api', namespace),
      deployment: appDeployment({ name: 'api', namespace, image }),
    };
    await k.apply(keys(namespace), ...order.map((kind) => objects[kind]));
    const address = await addressOf(expect, namespace, 'api');
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

it.concurrent('a pod that asks for its guard has it before there is a binding, and then follows without a restart', async ({
  expect,
}) => {
  const { k, client, image } = world;
  const namespace = 'early';
  await world.namespace(namespace);
  const labels = { 'portcullis.dev/inject': 'true' };
  await k.apply(appService('api', namespace), appDeployment({ name: 'api', namespace, image, labels }));
  const url = `http://${await addressOf(expect, namespace, 'api')}:${PORT}/x`;
  await expect.poll(() => client.outcome({ url }), WAIT).toBe('503 policy_missing');
  const [before] = await podsOf(k, namespace, 'api');
  await k.apply(keys(namespace), guard(namespace, 'api'));
  await expect.poll(() => client.outcome({ url }), WAIT).toBe('401 token_missing');
  // Not before the app, which starts behind its guard, is there.
  await expect.poll(() => client.outcome(withToken(url)), WAIT).toBe('200');
  const [after] = await podsOf(k, namespace, 'api');
  expect(after?.metadata).toMatchObject({ uid: isJsonObject(before?.metadata) ? before.metadata.uid : '' });
});

it.concurrent('rollout: Automatic brings a guard to pods that are older than it', async ({ expect }) => {
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

it.concurrent('a pod that refuses its guard has none, and status says so', async ({ expect }) => {
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
