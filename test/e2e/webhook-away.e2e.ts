// While no operator answers, no pod starts that should be guarded.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { HOME } from '../chart/render.ts';
import { guard, keys } from './keyed.ts';
import { appDeployment, appService } from './objects.ts';
import { podsOf } from './pods.ts';
import { enter, OPERATOR, type World } from './world.ts';

const WAIT = { timeout: 90_000, interval: 200 };

let world: World;

beforeAll(async () => {
  world = await enter();
});
afterAll(() => world?.leave());

it('without the webhook, pods of labelled namespaces wait, and others start', async () => {
  const { k, client, image } = world;
  const namespace = 'waiting';
  await world.namespace(namespace);
  await k.apply(keys(namespace), guard(namespace, 'api'), appService('api', namespace));
  const operator = ['scale', 'deployment/portcullis-operator', '-n', HOME];
  await k.must([...operator, '--replicas=0']);
  try {
    await expect.poll(() => k.list('pod', HOME, OPERATOR), WAIT).toEqual([]);
    await k.apply(appDeployment({ name: 'api', namespace, image }));
    await k.apply(appDeployment({ name: 'free', namespace: 'outside', image }));
    await k.wait('condition=Available', 'deployment/free', 'outside');
    const events = async () => (await k.list('events', namespace)).map(({ note }) => String(note));
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
