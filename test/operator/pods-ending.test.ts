/** Pods that have not run yet, and pods that end: which of them make a binding unready. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { messageOf } from './board.ts';
import { startWorld, type World } from './harness.ts';
import { binding, ENABLED, namespace, pod, service, source } from './objects.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld({ namespaces: [namespace('shop', ENABLED)] });
  await world.apply(source('shop/keys'));
  await world.start();
});
afterAll(() => world?.stop());

const containerStatus = (state: JsonObject): JsonObject => ({
  name: 'app',
  image: 'app',
  imageID: '',
  ready: false,
  restartCount: 0,
  state,
});

const shows = (id: string, shown: Readonly<Record<string, string>>) =>
  world.board.shows('ApiBinding', id, shown);

it('counts a pod by what its containers do: before they run, and while they end, too', async () => {
  const says = (state: JsonObject) =>
    world.kubectl(
      ...['patch', 'pod', 't-1', '-n', 'shop', '--subresource=status', '--type=merge', '-p'],
      JSON.stringify({ status: { containerStatuses: [containerStatus(state)] } }),
    );
  await world.apply(service('shop/t'), pod('shop/t-1', { app: 't' }));
  await says({ waiting: { reason: 'ImagePullBackOff' } });
  await world.apply(binding('shop/t'));
  const waiting = await shows('shop/t', { Ready: 'True Ready', Guarded: 'True NoPods' });
  expect(messageOf(waiting)).toContain('Pod shop/t-1 has not run yet, and would be open');
  await says({ running: {} });
  await shows('shop/t', { Ready: 'False PodsUnguarded' });
  await world.kubectl('delete', 'pod', 't-1', '-n', 'shop', '--wait=false');
  const ending = await world.board.until('the deletion', () => {
    const object = world.board.now('ApiBinding', 'shop/t');
    return object && messageOf(object).includes('shop/t-1 (being deleted)') ? object : undefined;
  });
  expect(ending.status).toMatchObject({ podsUnguarded: 1 });
  await says({ terminated: { exitCode: 0 } });
  await shows('shop/t', { Ready: 'True Ready', Guarded: 'True NoPods' });
});
