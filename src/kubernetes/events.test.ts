import { describe, expect, it } from 'vitest';
import { fakeClock, settle } from '../base/testing/clock.ts';
import type { Draft, Patch } from './client.ts';
import { failed, type Outcome, ok } from './errors.ts';
import { createRecorder, type EventInput, type EventLimits } from './events.ts';
import { type KubernetesObject, keyOf, type ObjectName } from './object.ts';
import { configMap } from './testing/objects.ts';

const EVENT: EventInput = {
  regarding: {
    apiVersion: 'portcullis.dev/v1alpha1',
    kind: 'ApiBinding',
    namespace: 'shop',
    name: 'orders',
    uid: '1',
  },
  type: 'Warning',
  reason: 'Conflicted',
  action: 'Accept',
  note: 'Another binding has this host.',
};

function recorder(
  limits: Partial<EventLimits> = {},
  answer = (): Outcome<KubernetesObject> => ok(configMap('x', '1')),
) {
  const clock = fakeClock();
  const created: Draft[] = [];
  const patched: [name: string, patch: Patch][] = [];
  let names = 0;
  const client = {
    create: async (_: unknown, object: Draft) => {
      created.push(object);
      return answer();
    },
    patch: async (_: unknown, name: ObjectName, patch: Patch) => {
      patched.push([keyOf(name), patch]);
      return answer();
    },
  };
  const controller = 'portcullis.dev/operator';
  const randomName = () => `n${++names}`;
  const one = createRecorder({ client, clock, randomName, controller, instance: 'pod-1', limits });
  return { clock, created, patched, recorder: one };
}

describe('a recorder', () => {
  it('tells an event as events.k8s.io/v1 wants it', async () => {
    const { created, recorder: one } = recorder();
    one.record(EVENT);
    await settle();
    expect(created).toEqual([
      {
        metadata: { namespace: 'shop', name: 'orders.n1' },
        eventTime: '2026-11-23T12:00:00.000000Z',
        reportingController: 'portcullis.dev/operator',
        reportingInstance: 'pod-1',
        action: 'Accept',
        reason: 'Conflicted',
        type: 'Warning',
        regarding: EVENT.regarding,
        note: 'Another binding has this host.',
      },
    ]);
  });

  it('tells the same once, and after the window how often it was', async () => {
    const { clock, created, patched, recorder: one } = recorder();
    for (let times = 0; times < 5; times++) one.record(EVENT);
    await clock.advance(599_000);
    one.record(EVENT);
    await settle();
    expect([created.length, patched.length]).toEqual([1, 0]);
    await clock.advance(1000);
    one.record(EVENT);
    await settle();
    const series = { count: 7, lastObservedTime: '2026-11-23T12:10:00.000000Z' };
    expect(patched).toEqual([['shop/orders.n1', { type: 'merge', patch: { series } }]]);
  });

  it('tells a change each time, as one more of the same', async () => {
    const { clock, created, patched, recorder: one } = recorder();
    one.record({ ...EVENT, isChange: true });
    await settle();
    await clock.advance(5000);
    one.record({ ...EVENT, isChange: true });
    await settle();
    expect([created.length, patched]).toEqual([
      1,
      [
        [
          'shop/orders.n1',
          {
            type: 'merge',
            patch: { series: { count: 2, lastObservedTime: '2026-11-23T12:00:05.000000Z' } },
          },
        ],
      ],
    ]);
  });

  it('takes another reason, note or object for another event', async () => {
    const { created, recorder: one } = recorder();
    one.record(EVENT);
    one.record({ ...EVENT, note: 'Something else.' });
    one.record({ ...EVENT, reason: 'Other' });
    one.record({ ...EVENT, regarding: { ...EVENT.regarding, uid: '2' } });
    expect(created).toHaveLength(4);
  });

  it('makes a new one where the old has been removed', async () => {
    let answers: Outcome<KubernetesObject> = ok(configMap('x', '1'));
    const { clock, created, patched, recorder: one } = recorder({}, () => answers);
    one.record(EVENT);
    await clock.advance(600_000);
    answers = failed('NotFound', 'x');
    one.record(EVENT);
    await settle();
    expect([created.length, patched.length]).toEqual([2, 1]);
  });

  it('is bounded for one object, and for all', async () => {
    const { clock, created, recorder: one } = recorder({ objectBurst: 2, burst: 3, perSecond: 1 });
    for (const note of ['a', 'b', 'c']) one.record({ ...EVENT, note });
    expect(created).toHaveLength(2);
    for (const uid of ['2', '3']) one.record({ ...EVENT, regarding: { ...EVENT.regarding, uid } });
    expect(created).toHaveLength(3);
    await clock.advance(1000);
    one.record({ ...EVENT, regarding: { ...EVENT.regarding, uid: '3' } });
    expect(created).toHaveLength(4);
  });

  it('tells again next time what the API server has refused', async () => {
    const { created, recorder: one } = recorder({}, () => failed('Forbidden', 'x'));
    one.record(EVENT);
    await settle();
    one.record(EVENT);
    await settle();
    expect(created).toHaveLength(2);
  });

  it('keeps within what the API server takes', async () => {
    const { created, recorder: one } = recorder();
    const { namespace: _, ...regarding } = {
      ...EVENT.regarding,
      name: `${'a'.repeat(199)}.${'b'.repeat(50)}`,
    };
    one.record({ ...EVENT, regarding, note: 'é'.repeat(600) });
    expect(created[0]?.metadata).toEqual({ namespace: 'default', name: `${'a'.repeat(199)}.n1` });
    expect(Buffer.byteLength(String(created[0]?.note))).toBeLessThanOrEqual(1024);
  });
});
