import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../base/json.ts';
import { objectAt, objectsAt } from '../../base/members.ts';
import { raw } from '../../cluster/testing/objects.ts';
import { failed } from '../../kubernetes/errors.ts';
import { appPod, bound, chooser, podReview } from '../testing/injection.ts';
import {
  GUARDED,
  HOST,
  injectorWorld,
  messageOf,
  ORDERS,
  patched,
  sidecars,
  warningsOf,
} from '../testing/injector.ts';

const OWNER = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  name: 'orders-abc',
  uid: 'u',
  controller: true,
};

describe('a new pod', () => {
  it('gets sidecars, and is let through by the last look', async () => {
    const { injector, results } = injectorWorld();
    const made = patched(appPod(ORDERS), await injector.inject(podReview(appPod(ORDERS))));
    expect(sidecars(made)).toEqual(['portcullis-capture', 'portcullis-validator', 'portcullis-envoy']);
    expect(await injector.inject(podReview(made))).toEqual({ kind: 'allowed', warnings: [] });
    expect(await injector.confirm(podReview(made))).toEqual({ kind: 'allowed', warnings: [] });
    expect(results()).toEqual([
      ['injected', undefined],
      ['confirmed', undefined],
      ['confirmed', undefined],
    ]);
  });

  it('that nothing targets is left as it is', async () => {
    const { injector, results } = injectorWorld();
    const other = podReview(appPod({ app: 'other' }));
    expect(await injector.inject(other)).toEqual({ kind: 'allowed', warnings: [] });
    expect(await injector.confirm(other)).toEqual({ kind: 'allowed', warnings: [] });
    expect(results()).toEqual([
      ['unasked', undefined],
      ['unasked', undefined],
    ]);
  });

  it('that nothing targets yet, and that brings sidecars, gets real ones with the ports that they take', async () => {
    const { injector, results } = injectorWorld([chooser('shop/orders')]);
    const written = appPod(ORDERS);
    const made = patched(written, await injectorWorld().injector.inject(podReview(written)));
    expect(await injector.inject(podReview(made))).toEqual({ kind: 'allowed', warnings: [] });
    const spec = objectAt(made.spec);
    const initContainers = objectsAt(spec.initContainers).map((one) => ({ ...one, image: 'forged' }));
    const forged = { ...made, spec: { ...spec, initContainers } };
    expect(patched(forged, await injector.inject(podReview(forged)))).toEqual(made);
    expect(await injector.confirm(podReview(made))).toEqual({ kind: 'allowed', warnings: [] });
    expect(results()).toEqual([
      ['confirmed', undefined],
      ['injected', undefined],
      ['confirmed', undefined],
    ]);
  });

  it('that nothing targets yet, and that has containers called as ours without our label, is refused', async () => {
    const { injector } = injectorWorld([chooser('shop/orders')]);
    const initContainers = [{ name: 'portcullis-validator', image: 'forged', restartPolicy: 'Always' }];
    const decision = await injector.inject(podReview(appPod(ORDERS, {}, { initContainers })));
    expect(messageOf(decision)).toMatch(
      /^Pod shop\/orders-1 is refused: it comes with sidecars, and it uses .*NameTaken/,
    );
  });

  it('that cannot be guarded is refused, each time in the same words', async () => {
    const { injector, told } = injectorWorld();
    const metadata = { generateName: 'orders-abc-', labels: ORDERS, ownerReferences: [OWNER] };
    const pod = { ...appPod(ORDERS, {}, HOST), metadata };
    const named = { ...pod, metadata: { ...metadata, name: 'orders-abc-x7k2p' } };
    const first = await injector.inject(podReview(pod));
    const last = await injector.confirm(podReview(named));
    expect(messageOf(first)).toBe(
      'Pod shop/orders-abc-* is refused: ApiBinding shop/orders targets it, and it uses the network of its node (hostNetwork), where nothing can be captured for it alone; remove hostNetwork, or no longer target the workload (HostNetwork)',
    );
    expect(first).toMatchObject({ code: 403 });
    expect(messageOf(last)).toBe(messageOf(first));
    const { controller: _, ...owner } = OWNER;
    expect(told.map(({ candidate }) => candidate.owner)).toEqual(
      [0, 1].map(() => ({ ...owner, namespace: 'shop' })),
    );
  });

  it('is told every reason at once', async () => {
    const { injector } = injectorWorld();
    const annotations = { 'portcullis.dev/envoy-memory-limit': 'much' };
    const decision = await injector.inject(podReview(appPod(ORDERS, { annotations }, HOST)));
    expect(messageOf(decision)).toMatch(/\(HostNetwork\)\. Besides, .*\(QuantityInvalid\)$/);
  });

  it.each([
    [{ 'portcullis.dev/inject': 'true' }, 'its label portcullis.dev/inject asks for a guard, and it uses'],
    [{ 'portcullis.dev/inject': 'yes' }, 'is refused: its label portcullis.dev/inject says neither'],
  ])('says why it must be guarded: %j', async (labels, text) => {
    const { injector } = injectorWorld();
    expect(messageOf(await injector.inject(podReview(appPod(labels, {}, HOST))))).toContain(text);
  });

  it('is judged the same in a dry run, which nobody is told of', async () => {
    const { injector, told } = injectorWorld(GUARDED, false);
    const dryRun = true;
    const decision = await injector.inject(podReview(appPod(ORDERS), { dryRun }));
    expect(sidecars(patched(appPod(ORDERS), decision))).toHaveLength(3);
    expect(warningsOf(decision)).toEqual([]);
    expect(messageOf(await injector.inject(podReview(appPod(ORDERS, {}, HOST), { dryRun })))).toContain(
      '(HostNetwork)',
    );
    expect(told).toEqual([]);
  });

  it('is held while its binding may be on its way, but not in a dry run', async () => {
    const { injector, api, clock } = injectorWorld([chooser('shop/orders')]);
    const owner = { ...OWNER, kind: 'Job' };
    const review = podReview(appPod(ORDERS, { ownerReferences: [owner] }));
    expect(await injector.inject({ ...review, dryRun: true })).toEqual({ kind: 'allowed', warnings: [] });
    const held = injector.inject(review);
    await clock.advance(0);
    const [kind, id, spec] = bound('shop/orders');
    api.put(kind, raw(id, { spec }));
    await clock.advance(250);
    expect(await held).toMatchObject({ kind: 'allowed', patch: expect.anything() });
  });

  it('is warned of where validators there cannot know the control plane yet', async () => {
    const { injector } = injectorWorld(GUARDED, false);
    expect(warningsOf(await injector.inject(podReview(appPod(ORDERS))))).toEqual([
      expect.stringContaining('has not published ConfigMap shop/portcullis-ca yet'),
    ]);
  });

  it('waits while it cannot be known what targets it, whatever its label', async () => {
    const { injector, answers, results } = injectorWorld();
    for (const labels of [{}, { 'portcullis.dev/inject': 'true' }]) {
      answers.push(failed('Timeout', 'get namespaces shop: no whole answer in time'));
      const decision = await injector.inject(podReview(appPod(labels)));
      expect(decision).toMatchObject({ code: 503 });
      expect(messageOf(decision)).toContain(
        'the control plane could not read which bindings target it: get namespaces shop: no whole answer in time; try again in some seconds, as its controller does by itself (BindingsUnknown)',
      );
    }
    expect(results()).toEqual([
      ['refused', 'BindingsUnknown'],
      ['refused', 'BindingsUnknown'],
    ]);
  });
});

describe('the last look', () => {
  it.each([
    ['nothing of the sidecars is there', () => appPod(ORDERS)],
    [
      'one of them is missing',
      (made: JsonObject) => {
        const initContainers = objectsAt(objectAt(made.spec).initContainers).slice(0, -1);
        return { ...made, spec: { ...objectAt(made.spec), initContainers } };
      },
    ],
  ])('refuses where %s', async (_, change) => {
    const { injector } = injectorWorld();
    const made = patched(appPod(ORDERS), await injector.inject(podReview(appPod(ORDERS))));
    expect(messageOf(await injector.confirm(podReview(change(made))))).toContain('(SidecarsChanged)');
  });

  it('sees a binding that came in between', async () => {
    const { injector, api } = injectorWorld([chooser('shop/orders')]);
    expect(await injector.inject(podReview(appPod(ORDERS)))).toEqual({ kind: 'allowed', warnings: [] });
    const [kind, id, spec] = bound('shop/orders');
    const [namespace = '', name = ''] = id.split('/');
    api.put(kind, { metadata: { namespace, name, uid: 'b', resourceVersion: '1' }, spec });
    expect(messageOf(await injector.confirm(podReview(appPod(ORDERS))))).toContain('(SidecarsChanged)');
  });
});

describe('other labels', () => {
  const relabelled = async (before: JsonObject, after: JsonObject) => {
    const { injector } = injectorWorld();
    const request = { operation: 'UPDATE', oldObject: before } as const;
    return messageOf(await injector.confirm(podReview(after, request)));
  };
  const withSidecars = async () =>
    patched(appPod(ORDERS), await injectorWorld().injector.inject(podReview(appPod(ORDERS))));

  it('must not bring an open pod behind a guarded API', async () => {
    expect(await relabelled(appPod({}), appPod(ORDERS))).toBe(
      'Pod shop/orders-1 is refused: ApiBinding shop/orders targets it, and it runs without sidecars, so that it would answer without a guard as soon as it had these labels; create it anew with these labels, or label it portcullis.dev/inject: "false" to have it so (RelabelledOpen)',
    );
  });

  it('are taken where nothing is more open than before', async () => {
    expect(await relabelled(appPod(ORDERS), appPod({}))).toBe('allowed');
    expect(await relabelled(appPod(ORDERS), appPod({ ...ORDERS, tier: 'web' }))).toBe('allowed');
    expect(await relabelled(appPod({}), appPod({ ...ORDERS, 'portcullis.dev/inject': 'false' }))).toBe(
      'allowed',
    );
    const guarded = await withSidecars();
    expect(await relabelled(guarded, guarded)).toBe('allowed');
  });
});

describe('what is no creation of a pod', () => {
  it.each([
    ['a deletion', { operation: 'DELETE', object: undefined }],
    ['a connection', { operation: 'CONNECT' }],
    ['a subresource', { subResource: 'ephemeralcontainers', operation: 'UPDATE' }],
  ] as const)('is let through: %s', async (_, rest) => {
    const { injector, told } = injectorWorld();
    expect(messageOf(await injector.confirm(podReview(appPod(ORDERS), rest)))).toBe('allowed');
    expect(messageOf(await injector.inject(podReview(appPod(ORDERS), rest)))).toBe('allowed');
    expect(told).toEqual([]);
  });

  it.each([
    [{ kind: 'Deployment', group: 'apps' }, 'injects into no Deployment of apps/v1'],
    [{ object: {} }, 'there is no pod to be judged'],
    [{ object: { metadata: { name: 'a' } } }, 'there is no pod to be judged'],
  ])('is refused: %j', async (rest, text) => {
    const { injector } = injectorWorld();
    expect(messageOf(await injector.inject(podReview(appPod({}), rest)))).toContain(text);
    expect(messageOf(await injector.confirm(podReview(appPod({}), rest)))).toContain(text);
  });
});
