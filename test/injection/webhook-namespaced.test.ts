/** Injection in namespaced mode: with Roles alone, in the namespaces that are watched. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { binding, pod, service } from '../operator/objects.ts';
import { type PodWorld, podWith, sidecarsOf, startPodWorld } from './webhook-world.ts';

let world: PodWorld;

beforeAll(async () => {
  world = await startPodWorld([['shop'], ['other']], ['shop']);
  await world.apply(
    ...[service('shop/orders'), binding('shop/orders')],
    ...[service('other/orders'), binding('other/orders')],
  );
});
afterAll(() => world?.stop());

it('guards pods that a binding targets, and no others', async () => {
  expect(sidecarsOf(await world.create(podWith('shop/a', { labels: { app: 'orders' } })))).toHaveLength(3);
  expect(sidecarsOf(await world.create(pod('shop/b')))).toEqual([]);
});

it('reads the namespace itself', async () => {
  await world.kubectl('annotate', 'namespace', 'shop', 'portcullis.dev/capture=None');
  const made = await world.create(podWith('shop/c', { labels: { app: 'orders' } }));
  expect(sidecarsOf(made)).toEqual(['portcullis-validator']);
});

it('looks at no pods of other namespaces', async () => {
  expect(sidecarsOf(await world.create(podWith('other/a', { labels: { app: 'orders' } })))).toEqual([]);
});

it('has all rights that it needs for it', () => {
  expect(world.operator.lines().filter(({ msg }) => String(msg).startsWith('Could not'))).toEqual([]);
});
