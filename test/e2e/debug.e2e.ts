// kubectl debug on guarded pods: a copy runs, and is guarded as the pod that it was made of.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { isJsonObject, type JsonObject } from '../../src/base/json.ts';
import { objectsAt } from '../../src/base/members.ts';
import { guard, keys, withToken } from './keyed.ts';
import { appDeployment, appService, PORT } from './objects.ts';
import { addressesOf, inUrl, isReady, nameOf, podsOf } from './pods.ts';
import { enter, type World } from './world.ts';

const NAMESPACE = 'debugged';
const WAIT = { timeout: 90_000, interval: 200 };

let world: World;
let original: string;

beforeAll(async () => {
  world = await enter();
  const { k, image } = world;
  await world.namespace(NAMESPACE);
  await k.apply(keys(NAMESPACE), guard(NAMESPACE, 'api'), appService('api', NAMESPACE));
  await k.apply(appDeployment({ name: 'api', namespace: NAMESPACE, image }));
  await k.wait('condition=Available', 'deployment/api', NAMESPACE);
  original = nameOf((await podsOf(k, NAMESPACE, 'api'))[0]);
});
afterAll(() => world?.leave());

/** Adds a container that waits, as somebody's shell would, to a pod of a Deployment, or to a copy of it. */
const debug = (...args: readonly string[]) =>
  world.k.try([
    ...['debug', original, '-n', NAMESPACE, ...args, '--quiet', `--image=${world.image}`],
    ...['--container=shell', '--', 'node', '-e', 'setInterval(() => {}, 2 ** 30)'],
  ]);

/** Of these containers of the pod, by name. */
function running(
  pod: JsonObject,
  member: 'containerStatuses' | 'ephemeralContainerStatuses',
): readonly string[] {
  const statuses = isJsonObject(pod.status) ? pod.status[member] : undefined;
  return objectsAt(statuses)
    .filter(({ state }) => isJsonObject(state) && state.running !== undefined)
    .map(({ name }) => String(name))
    .toSorted();
}

it('a copy runs and is shut, and goes by the binding as soon as it has the labels of the Service', async () => {
  const { k, client } = world;
  const made = await debug('--copy-to=copy', '--share-processes=false');
  expect(made, made.stderr).toMatchObject({ code: 0 });
  const found = () => k.get('pod', 'copy', NAMESPACE);
  await expect.poll(async () => running(await found(), 'containerStatuses'), WAIT).toEqual(['app', 'shell']);
  const [address = ''] = addressesOf(await found());
  const url = `http://${inUrl(address)}:${PORT}/x`;
  expect(await client.outcome({ url })).toBe('503 policy_missing');
  expect(await client.outcome(withToken(url))).toBe('503 policy_missing');
  await k.must(['label', 'pod', 'copy', '-n', NAMESPACE, 'app=api']);
  await expect.poll(() => client.outcome({ url }), WAIT).toBe('401 token_missing');
  expect(await client.outcome(withToken(url))).toBe('200');
  await expect.poll(async () => isReady(await found()), WAIT).toBe(true);
});

it('a copy whose containers share processes with the guard is refused, with the way out', async () => {
  const { code, stderr } = await debug('--copy-to=shared');
  expect(code).not.toBe(0);
  expect(stderr).toContain('(ProcessesShared)');
  expect(stderr).toContain('--share-processes=false');
});

it('a container beside the app, in the pod itself, changes nothing', async () => {
  const { k, client } = world;
  const made = await debug('--target=app');
  expect(made, made.stderr).toMatchObject({ code: 0 });
  const found = () => k.get('pod', original, NAMESPACE);
  await expect
    .poll(async () => running(await found(), 'ephemeralContainerStatuses'), WAIT)
    .toEqual(['shell']);
  const url = `http://${inUrl(addressesOf(await found())[0] ?? '')}:${PORT}/x`;
  expect(await client.outcome({ url })).toBe('401 token_missing');
  expect(await client.outcome(withToken(url))).toBe('200');
  await expect.poll(async () => isReady(await found()), WAIT).toBe(true);
});
