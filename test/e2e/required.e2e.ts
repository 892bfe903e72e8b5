// A namespace that requires guards: what a Service leads to is shut from the start, and opens by its binding.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { guard, keys, withToken } from './keyed.ts';
import { appDeployment, appService, PORT } from './objects.ts';
import { addressesOf, inUrl, nameOf, podsOf } from './pods.ts';
import { enter, type World } from './world.ts';

const NAMESPACE = 'required';
const WAIT = { timeout: 60_000, interval: 100 };

let world: World;

beforeAll(async () => {
  world = await enter();
  await world.namespace(NAMESPACE);
  const label = 'portcullis.dev/injection=required';
  await world.k.must(['label', 'namespace', NAMESPACE, label, '--overwrite']);
});
afterAll(() => world?.leave());

const onlyPod = async (app: string) => (await podsOf(world.k, NAMESPACE, app))[0];

it('a pod answers 503 until its binding is there, and then by it, without a restart', async () => {
  const { k, client, image } = world;
  await k.apply(appService('api', NAMESPACE), appDeployment({ name: 'api', namespace: NAMESPACE, image }));
  const addresses = async () => addressesOf(await onlyPod('api'));
  await expect.poll(addresses, WAIT).not.toEqual([]);
  const [address = ''] = await addresses();
  const url = `http://${inUrl(address)}:${PORT}/x`;
  const name = nameOf(await onlyPod('api'));
  await expect.poll(() => client.outcome(withToken(url)), WAIT).toBe('503 policy_missing');
  await k.apply(keys(NAMESPACE), guard(NAMESPACE, 'api'));
  await k.wait('condition=Ready', 'apibinding/api', NAMESPACE);
  expect(await client.outcome({ url })).toBe('401 token_missing');
  expect(await client.outcome(withToken(url))).toBe('200');
  expect(nameOf(await onlyPod('api'))).toBe(name);
});

it('a pod that neither Service nor binding means is left alone', async () => {
  const { k, image } = world;
  await k.apply(appDeployment({ name: 'job', namespace: NAMESPACE, image }));
  await k.wait('condition=Available', 'deployment/job', NAMESPACE);
  expect(JSON.stringify(await onlyPod('job'))).not.toContain('portcullis-validator');
});
