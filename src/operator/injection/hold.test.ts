import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../base/json.ts';
import { settle } from '../../base/testing/clock.ts';
import { raw } from '../../cluster/testing/objects.ts';
import { failed } from '../../kubernetes/errors.ts';
import { appPod, bound, chooser, shop } from '../testing/injection.ts';
import { readCandidate } from './candidate.ts';

const CREATED = '2026-11-23T12:00:00Z';
const HASH = { app: 'orders', 'pod-template-hash': '5d9c' };
const LOOK = 250;

const later = (seconds: number) => new Date(Date.parse(CREATED) + 1000 * seconds).toISOString();

/** As the API server sends it: it has noted down when it got it. */
function owned(kind: string, name: string, uid = 'u', labels: JsonObject = HASH, age = 0): JsonObject {
  return appPod(labels, {
    ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid, controller: true }],
    managedFields: [{ manager: 'kube-controller-manager', operation: 'Update', time: later(age) }],
  });
}
const OF_DEPLOYMENT = owned('ReplicaSet', 'orders-5d9c');

function world(objects: Parameters<typeof shop>[0] = []) {
  const place = shop(objects);
  const { api, clock } = place;
  const ask = (pod: JsonObject) => {
    const candidate = readCandidate(pod, 'shop');
    if (candidate === undefined) throw new Error('nothing to judge');
    const review = { answer: 'held' };
    void place.reading.awaited(candidate).then((answer) => {
      review.answer =
        answer.kind === 'failed' ? answer.error.kind : `${answer.value.bindings.length} bindings`;
    });
    return review;
  };
  return {
    ...place,
    ask,
    put: ([kind, id, spec]: ReturnType<typeof bound | typeof chooser>) => api.put(kind, raw(id, { spec })),
    create: (kind: 'Deployment' | 'StatefulSet' | 'DaemonSet', name = 'orders') =>
      api.put(kind, raw(`shop/${name}`, {}, { creationTimestamp: CREATED })),
    async asked(pod: JsonObject) {
      const review = ask(pod);
      await clock.advance(0);
      return review;
    },
    looks: () => api.calls.filter((call) => call === 'list apibindings').length,
  };
}

describe('held while its workload is new', () => {
  it.each([
    ['a Deployment', 'Deployment', OF_DEPLOYMENT],
    ['a StatefulSet', 'StatefulSet', owned('StatefulSet', 'orders')],
    ['a DaemonSet', 'DaemonSet', owned('DaemonSet', 'orders')],
    [
      'one that was made in the second before',
      'Deployment',
      owned('ReplicaSet', 'orders-5d9c', 'u', HASH, 1),
    ],
    ['clocks of two API servers', 'Deployment', owned('ReplicaSet', 'orders-5d9c', 'u', HASH, -1)],
  ] as const)('is a pod of %s', async (_, kind, pod) => {
    const { create, asked, clock } = world();
    create(kind);
    const review = await asked(pod);
    await clock.advance(1499);
    expect(review.answer).toBe('held');
    await clock.advance(LOOK);
    expect(review.answer).toBe('0 bindings');
  });

  it.each([
    ['a Job', owned('Job', 'orders', 'u', {})],
    ['a ReplicaSet that nobody has made', owned('ReplicaSet', 'orders', 'u', {})],
    ['a kind of others', owned('Workflow', 'orders', 'u', {})],
    ['a Deployment that cannot be found', OF_DEPLOYMENT],
  ])('is the first pod of %s, whose age nobody knows', async (_, pod) => {
    const { asked, clock } = world();
    const review = await asked(pod);
    expect(review.answer).toBe('held');
    await clock.advance(1500 + LOOK);
    expect(review.answer).toBe('0 bindings');
    expect((await asked(pod)).answer).toBe('0 bindings');
  });

  it('is a pod less long when the workload is older', async () => {
    const { create, asked, clock } = world();
    create('Deployment');
    const review = await asked(owned('ReplicaSet', 'orders-5d9c', 'u', HASH, 2));
    expect(review.answer).toBe('held');
    await clock.advance(500);
    expect(review.answer).toBe('0 bindings');
  });
});

describe('not held', () => {
  it.each([
    ['is nobody’s', appPod({})],
    [
      'asks for sidecars',
      owned('ReplicaSet', 'orders-5d9c', 'u', { ...HASH, 'portcullis.dev/inject': 'true' }),
    ],
    ['wants none', owned('ReplicaSet', 'orders-5d9c', 'u', { ...HASH, 'portcullis.dev/inject': 'false' })],
    ['belongs to an older workload', owned('ReplicaSet', 'orders-5d9c', 'u', HASH, 3)],
    ['belongs to a node', owned('Node', 'a')],
  ])('is a pod that %s', async (_, pod) => {
    const { create, asked, clock } = world();
    create('Deployment');
    expect((await asked(pod)).answer).toBe('0 bindings');
    expect(clock.due()).toEqual([]);
  });

  it('is one that something targets, or may', async () => {
    for (const objects of [[bound('shop/orders')], [bound('shop/orders'), chooser('shop/orders')]]) {
      expect((await world(objects).asked(OF_DEPLOYMENT)).answer).toBe('1 bindings');
    }
  });

  it('is one whose surroundings cannot be read', async () => {
    const { answers, asked } = world();
    answers.push(failed('Timeout', 'late'));
    expect((await asked(OF_DEPLOYMENT)).answer).toBe('Timeout');
  });

  it('is a later pod of the same workload, whose age is read once', async () => {
    const { api, create, asked, clock } = world();
    create('Deployment');
    const first = await asked(OF_DEPLOYMENT);
    await clock.advance(1500);
    expect(first.answer).toBe('0 bindings');
    expect((await asked(OF_DEPLOYMENT)).answer).toBe('0 bindings');
    expect(api.calls.filter((call) => call.startsWith('list deployments'))).toEqual([
      'list deployments orders',
    ]);
  });

  it('are more than two of unknown age, or a hundred of new workloads', async () => {
    const { create, ask, clock } = world();
    create('Deployment');
    const unknown = Array.from({ length: 4 }, (_, i) => ask(owned('Job', `j${i}`, `j${i}`, {})));
    const known = Array.from({ length: 102 }, (_, i) => ask(owned('ReplicaSet', 'orders-5d9c', `r${i}`)));
    await clock.advance(0);
    const held = (reviews: typeof known) => reviews.filter(({ answer }) => answer === 'held').length;
    expect([held(unknown), held(known)]).toEqual([2, 100]);
    await clock.advance(1500 + LOOK);
    expect([held(unknown), held(known)]).toEqual([0, 0]);
    const again = ask(owned('Job', 'later', 'later', {}));
    await clock.advance(0);
    expect(again.answer).toBe('held');
  });
});

describe('what comes meanwhile', () => {
  it('ends it for the pods that it targets, and no others', async () => {
    const { create, put, asked, clock } = world();
    create('Deployment');
    create('Deployment', 'stock');
    const orders = await asked(OF_DEPLOYMENT);
    const stock = await asked(owned('ReplicaSet', 'stock-5d9c', 's', { ...HASH, app: 'stock' }));
    put(chooser('shop/orders'));
    put(bound('shop/orders'));
    await clock.advance(LOOK);
    expect([orders.answer, stock.answer]).toEqual(['1 bindings', 'held']);
    await clock.advance(1500);
    expect(stock.answer).toBe('1 bindings');
  });

  it('ends it where its target is not there yet', async () => {
    const { create, put, asked, clock } = world();
    create('Deployment');
    const review = await asked(OF_DEPLOYMENT);
    put(bound('shop/orders'));
    await clock.advance(LOOK);
    expect(review.answer).toBe('1 bindings');
  });

  it('is read once for all pods of a namespace that wait', async () => {
    const { create, ask, clock, looks } = world();
    create('Deployment');
    const reviews = Array.from({ length: 50 }, (_, i) => ask(owned('ReplicaSet', 'orders-5d9c', `r${i}`)));
    await clock.advance(0);
    const before = looks();
    await clock.advance(1000);
    expect(looks() - before).toBe(1000 / LOOK);
    expect(reviews.every(({ answer }) => answer === 'held')).toBe(true);
  });

  it('need not be readable: the answer is that of the last good look', async () => {
    const { answers, create, put, asked, clock } = world();
    create('Deployment');
    const [lost, found] = [await asked(OF_DEPLOYMENT), await asked(OF_DEPLOYMENT)];
    answers.push(failed('Timeout', 'late'));
    await clock.advance(LOOK);
    expect(lost.answer).toBe('held');
    put(bound('shop/orders'));
    await clock.advance(LOOK);
    expect([lost.answer, found.answer]).toEqual(['1 bindings', '1 bindings']);
  });
});

describe('the time that the API server has', () => {
  it('is not used up by a look that does not come back', async () => {
    const { api, create, asked, clock } = world();
    create('Deployment');
    const review = await asked(OF_DEPLOYMENT);
    const answer = api.keepBack('ApiBinding');
    await clock.advance(2199);
    expect(review.answer).toBe('held');
    await clock.advance(1);
    expect(review.answer).toBe('0 bindings');
    answer();
    await settle();
    expect(clock.due()).toEqual([]);
  });

  it('counts from when the review came', async () => {
    const { api, create, ask, clock } = world();
    create('Deployment');
    const answer = api.keepBack('ApiBinding');
    const review = ask(OF_DEPLOYMENT);
    await clock.advance(1100);
    answer();
    await clock.advance(699);
    expect(review.answer).toBe('held');
    await clock.advance(LOOK);
    expect(review.answer).toBe('0 bindings');
  });
});
