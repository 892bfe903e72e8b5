/** Workloads whose pods are refused, and which bindings are told of it. */

import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import type { ObjectChange, WorkloadKind } from '../cluster/objects.ts';
import { binding, change, gone, pod, raw, service } from '../cluster/testing/objects.ts';
import { startTargets, type TargetsWorld } from './testing/targets.ts';

const LABELS = { app: 'orders' };
const WORDS =
  'admission webhook "inject.portcullis.dev" denied the request: Pod shop/orders-* is refused: why';

let targets: TargetsWorld['targets'];
let put: TargetsWorld['put'];

function workload(kind: WorkloadKind, id: string, status: JsonObject, uid = 'u'): ObjectChange {
  const template = { metadata: { labels: LABELS }, spec: {} };
  return change(
    kind,
    id,
    raw(id, { spec: { replicas: 2, selector: { matchLabels: LABELS }, template }, status }, { uid }),
  );
}

const failing = (message: string, status = 'True'): JsonObject => ({
  conditions: [{ type: 'ReplicaFailure', status, reason: 'FailedCreate', message }],
});
const said = (id = 'shop/orders') =>
  targets
    .refusals(id)
    .map(({ workload: { kind, metadata }, message }) => `${kind} ${metadata.name}: ${message}`);

beforeEach(() => {
  ({ targets, put } = startTargets());
  put(service('shop/orders', 'orders'), binding('shop/orders'));
  put(
    service('shop/web', 'web'),
    binding('shop/web'),
    service('other/orders', 'orders'),
    binding('other/orders'),
  );
});

describe('a Deployment', () => {
  it.each([
    ['a webhook', WORDS],
    ['a quota', 'pods "orders-7d4-x" is forbidden: exceeded quota: small, requested: limits.memory=256Mi'],
    [
      'a LimitRange',
      'pods "orders-7d4-x" is forbidden: maximum cpu usage per Container is 50m, but limit is 1',
    ],
  ])('whose pods are refused by %s is told with those words, as long as it lasts', (_, words) => {
    const touched = put(workload('Deployment', 'shop/orders', failing(words)));
    expect([...touched.bindings]).toEqual(['shop/orders']);
    expect(said()).toEqual([`Deployment orders: ${words}`]);
    expect([said('shop/web'), said('other/orders')]).toEqual([[], []]);
    expect(put(workload('Deployment', 'shop/orders', failing(words))).bindings.size).toBe(0);
    expect([...put(workload('Deployment', 'shop/orders', failing(words, 'False'))).bindings]).toEqual([
      'shop/orders',
    ]);
    expect(said()).toEqual([]);
  });

  it('is not told of when it is gone, or in words without end', () => {
    put(workload('Deployment', 'shop/orders', failing('x'.repeat(50_000))));
    expect(said()[0]?.length).toBeLessThan(1100);
    put(gone('Deployment', 'shop/orders'));
    expect(said()).toEqual([]);
  });
});

describe.each(['StatefulSet', 'DaemonSet'] as const)('a %s', (kind) => {
  const there = (count: number, uid = 'u') =>
    workload(
      kind,
      'shop/orders',
      { replicas: count, desiredNumberScheduled: 2, currentNumberScheduled: count },
      uid,
    );
  const hear = (message: string | undefined, uid = 'u', id = 'shop/orders') =>
    targets.apply([{ kind: 'PodRefusal', of: { kind, id, uid }, message }]);

  it('is told of by what its controller says, until that is over', () => {
    put(there(1));
    expect(said()).toEqual([]);
    expect([...hear(WORDS).bindings]).toEqual(['shop/orders']);
    expect(said()).toEqual([`${kind} orders: ${WORDS}`]);
    put(there(0));
    expect(said()).toHaveLength(1);
    hear(undefined);
    expect(said()).toEqual([]);
  });

  it('is told of until one more pod is there, whatever the counts lag behind', () => {
    put(there(1));
    hear(WORDS);
    put(there(0));
    expect(said()).toHaveLength(1);
    put(there(1));
    expect(said()).toEqual([]);
    put(there(2));
    hear(WORDS);
    expect(said()).toEqual([]);
    put(there(1));
    expect(said()).toHaveLength(1);
  });

  it('is told of until all of its pods are there, and not by that again', () => {
    put(there(1));
    hear(WORDS);
    put(there(2));
    expect(said()).toEqual([]);
    put(there(1));
    expect(said()).toEqual([]);
  });

  it('is not told of by what was refused to another of its name, or to none', () => {
    put(there(1));
    hear(WORDS, 'another');
    hear(WORDS, 'u', 'shop/nothing');
    expect(said()).toEqual([]);
    hear(WORDS);
    put(there(1, 'new'));
    expect(said()).toEqual([]);
  });
});

describe.each(['Job', 'ReplicaSet', 'ReplicationController'] as const)(
  'a %s, which is not followed',
  (kind) => {
    const looked = (uid: string, words: string | undefined, labels = LABELS) => {
      const metadata = { namespace: 'shop', name: 'sync', uid, resourceVersion: '1' };
      const workload = {
        kind,
        metadata,
        templateLabels: labels,
        refusal: undefined,
        present: 0,
        isShort: true,
      };
      const of = { kind, id: 'shop/sync', uid };
      return targets.apply([
        { kind: 'PodRefusal', of, message: words, ...(words !== undefined && { workload }) },
      ]);
    };

    it('is told of as it was looked at, until that is over', () => {
      expect([...looked('u', WORDS).bindings]).toEqual(['shop/orders']);
      expect(said()).toEqual([`${kind} sync: ${WORDS}`]);
      expect([said('shop/web'), said('other/orders')]).toEqual([[], []]);
      expect(looked('u', WORDS).bindings.size).toBe(0);
      expect([...looked('u', undefined).bindings]).toEqual(['shop/orders']);
      expect(said()).toEqual([]);
      expect(looked('u', undefined).bindings.size).toBe(0);
    });

    it('leaves nothing behind where another has its name', () => {
      looked('u', WORDS);
      looked('new', undefined);
      expect(said()).toEqual([]);
    });

    it('is nothing to a binding that does not choose its pods', () => {
      expect(looked('u', WORDS, { app: 'nobody' }).bindings.size).toBe(0);
      expect(said()).toEqual([]);
      expect(targets.chooses('shop', LABELS)).toBe(true);
      expect(targets.chooses('shop', { app: 'nobody' })).toBe(false);
      expect(targets.chooses('third', LABELS)).toBe(false);
    });
  },
);

it('does not look at pods', () => {
  put(pod('shop/orders-1', { labels: LABELS }));
  expect(put(workload('Deployment', 'shop/orders', failing(WORDS))).pods.size).toBe(0);
});
