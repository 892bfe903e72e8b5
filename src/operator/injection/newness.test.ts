import { expect, it } from 'vitest';
import { raw } from '../../cluster/testing/objects.ts';
import { appPod, shop } from '../testing/injection.ts';
import { readCandidate } from './candidate.ts';
import { createNewness } from './newness.ts';

const CREATED = Date.parse('2026-11-23T12:00:00Z');

/** How long the workload is new still, as a pod tells it that was written so many seconds after. */
async function remaining(...written: readonly (number | string)[]) {
  const { api, clock } = shop();
  api.put('StatefulSet', raw('shop/db', {}, { creationTimestamp: new Date(CREATED).toISOString() }));
  const times = written.map((at) =>
    typeof at === 'string' ? at : new Date(CREATED + at * 1000).toISOString(),
  );
  const candidate = readCandidate(podOf('u', times), 'shop');
  if (candidate?.owner === undefined) throw new Error('nothing to judge');
  const { until, isDated } = await createNewness({ client: api.client, clock })(candidate, candidate.owner);
  return isDated ? until - clock.monotonic() : 'unknown';
}

const podOf = (uid: string, times: readonly string[] = []) =>
  appPod(
    {},
    {
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid, controller: true }],
      managedFields: times.map((time) => ({ manager: 'm', time })),
    },
  );

it.each([
  [[0], 1500],
  [[1], 1500],
  [[2], 500],
  [[3], -500],
  [[3600], 1500 - 3_599_000],
  // The latest is that of the request itself; others come along with a copied object.
  [[3, 0], -500],
  [[-5], 1500],
  [[], 'unknown'],
  [['no time'], 'unknown'],
])('is told from when the pod was written: %j', async (written, expected) => {
  expect(await remaining(...written)).toBe(expected);
});

it('is remembered of so many owners, and asked anew of those that were forgotten', async () => {
  const { api, clock } = shop();
  const newness = createNewness({ client: api.client, clock, most: 2 });
  const ask = async (uid: string) => {
    const candidate = readCandidate(podOf(uid), 'shop');
    if (candidate?.owner !== undefined) await newness(candidate, candidate.owner);
    return api.calls.length;
  };
  const counts: number[] = [];
  for (const uid of ['a', 'b', 'a', 'c', 'b', 'a']) counts.push(await ask(uid));
  expect(counts).toEqual([1, 2, 2, 3, 3, 4]);
});
