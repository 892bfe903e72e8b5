import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../base/json.ts';
import { appPod, bound, chooser, shop } from '../testing/injection.ts';
import { readCandidate } from './candidate.ts';
import { guardsOf } from './guards.ts';

type Objects = NonNullable<Parameters<typeof shop>[0]>;

async function guards(objects: Objects, pod: JsonObject, labels?: JsonObject) {
  const surroundings = await shop(objects, labels).reading('shop');
  const candidate = readCandidate(pod, 'shop');
  if (surroundings.kind === 'failed' || candidate === undefined) throw new Error('nothing to judge');
  const { certain, possible, exposed } = guardsOf(candidate.pod, surroundings.value);
  const told = ({ binding, ports }: (typeof certain)[number]) =>
    `${binding.slice('shop/'.length)}:${ports.map(({ port, protocol }) => `${port}${protocol}`).join(',')}`;
  return {
    certain: certain.map(told),
    possible: possible.map(told),
    problems: possible.map((one) => one.problem?.message),
    exposed: exposed && told(exposed),
  };
}

const ORDERS = appPod({ app: 'orders' });
const onDeployment = (name: string) => bound('shop/b', { targetRefs: [{ kind: 'Deployment', name }] });
const owned = (kind: string, name: string, labels: JsonObject = {}) =>
  appPod(labels, { ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid: 'u', controller: true }] });
const HASH = { 'pod-template-hash': '5d9c' };

describe('a target that is there', () => {
  it('means the pods that it chooses, and no others', async () => {
    const objects = [chooser('shop/orders'), bound('shop/orders')];
    expect(await guards(objects, ORDERS)).toMatchObject({ certain: ['orders:8080HTTP'], possible: [] });
    expect(await guards(objects, appPod({ app: 'other' }))).toMatchObject({ certain: [], possible: [] });
  });

  it('means none where it chooses none, now as later', async () => {
    const external: Objects[number] = [
      'Service',
      'shop/orders',
      { type: 'ExternalName', ports: [{ port: 80 }] },
    ];
    expect(await guards([external, bound('shop/orders')], ORDERS)).toMatchObject({
      certain: [],
      possible: [],
    });
  });

  it('counts whatever the mode of its binding, and next to others', async () => {
    const podSelector = { matchLabels: { app: 'orders' } };
    const objects = [
      ...[chooser('shop/orders'), bound('shop/orders', { mode: 'Disabled' })],
      bound('shop/more', { podSelector, ports: [{ port: 9090, protocol: 'H2C' }] }),
    ];
    expect((await guards(objects, ORDERS)).certain).toEqual(['more:9090H2C', 'orders:8080HTTP']);
  });

  it('cannot be read where its binding breaks the schema: then it may be any', async () => {
    const objects = [bound('shop/orders', { targetRefs: [{ kind: 'Nonsense', name: 'x' }] })];
    expect((await guards(objects, appPod({}))).certain).toEqual(['orders:']);
  });
});

describe('a Trial', () => {
  const ports = [{ port: 9090, protocol: 'H2C' }];
  const tried = (changes: JsonObject = {}) => bound('shop/orders', { mode: 'Trial', ports, ...changes });

  it('changes nothing of a pod that another binding targets, or may', async () => {
    const podSelector = { matchLabels: { app: 'orders' } };
    const decides = bound('shop/b', { podSelector });
    const objects = [chooser('shop/orders'), tried(), decides];
    expect(await guards(objects, ORDERS)).toEqual(await guards([decides], ORDERS));
    expect((await guards(objects, ORDERS)).certain).toEqual(['b:8080HTTP']);
  });

  it('has sidecars made where nothing else targets the pod', async () => {
    expect(await guards([chooser('shop/orders'), tried()], ORDERS)).toMatchObject({
      certain: ['orders:9090H2C'],
      possible: [],
    });
  });

  it('whose target is not there yet makes no pod deny', async () => {
    expect(await guards([tried()], ORDERS)).toMatchObject({ certain: [], possible: [] });
  });

  it('that cannot be read makes none deny either', async () => {
    const broken = tried({ targetRefs: [{ kind: 'Nonsense', name: 'x' }] });
    expect(await guards([broken], ORDERS)).toMatchObject({ certain: [], possible: [] });
  });
});

describe('a target that is not there yet', () => {
  it('may mean any pod, at any port', async () => {
    expect(await guards([bound('shop/orders')], appPod({}))).toEqual({
      certain: [],
      possible: ['orders:'],
      problems: ['there is no Service shop/orders yet'],
      exposed: undefined,
    });
  });

  it('means no pods where it is a rule of a route', async () => {
    const rule = { kind: 'HTTPRoute', name: 'web', sectionName: 'admin' };
    expect(await guards([bound('shop/b', { targetRefs: [rule] })], ORDERS)).toMatchObject({ possible: [] });
    const both = { targetRefs: [rule, { kind: 'HTTPRoute', name: 'web' }] };
    expect(await guards([bound('shop/b', both)], ORDERS)).toMatchObject({ possible: ['b:'] });
  });

  it('means the ports that its binding names', async () => {
    const ports = [{ port: 9000 }, { port: 9001, protocol: 'H2C' }];
    expect((await guards([bound('shop/orders', { ports })], ORDERS)).possible).toEqual([
      'orders:9000HTTP,9001H2C',
    ]);
  });

  it('counts beside one that is', async () => {
    const targetRefs = ['orders', 'stock'].map((name) => ({ kind: 'Service', name }));
    expect(await guards([chooser('shop/orders'), bound('shop/b', { targetRefs })], ORDERS)).toMatchObject({
      certain: ['b:8080HTTP'],
      possible: ['b:'],
      problems: ['there is no Service shop/stock yet'],
    });
  });

  it.each([
    ['its own', owned('ReplicaSet', 'orders-5d9c', HASH), ['b:']],
    ["another's", owned('ReplicaSet', 'stock-5d9c', HASH), []],
    ["a longer name's", owned('ReplicaSet', 'orders-v2-5d9c', HASH), []],
    ["a StatefulSet's", owned('StatefulSet', 'orders'), []],
    ['of a ReplicaSet that no Deployment has made', owned('ReplicaSet', 'orders-5d9c'), []],
    ["nobody's", ORDERS, []],
  ])('that is a Deployment means pods by their owner: %s', async (_, pod, possible) => {
    expect((await guards([onDeployment('orders')], pod)).possible).toEqual(possible);
  });

  it.each(['StatefulSet', 'DaemonSet'])('so does a %s', async (kind) => {
    const objects = [bound('shop/b', { targetRefs: [{ kind, name: 'orders' }] })];
    expect((await guards(objects, owned(kind, 'orders'))).possible).toEqual(['b:']);
    expect((await guards(objects, owned(kind, 'stock'))).possible).toEqual([]);
  });

  it('may be a route', async () => {
    const objects = [bound('shop/b', { targetRefs: [{ kind: 'GRPCRoute', name: 'r' }] })];
    expect((await guards(objects, ORDERS)).problems).toEqual(['there is no GRPCRoute shop/r yet']);
  });
});

describe('a namespace that requires guards', () => {
  const REQUIRED = { 'portcullis.dev/injection': 'required' };
  const OTHER_TARGET = bound('shop/b', {
    targetRefs: [{ kind: 'Service', name: 'late' }],
    ports: [{ port: 9000 }],
  });

  it('wants one for a pod to which a Service leads, as long as no binding targets it', async () => {
    const services = [chooser('shop/orders'), chooser('shop/stock')];
    expect(await guards(services, ORDERS, REQUIRED)).toMatchObject({ certain: [], exposed: ':8080HTTP' });
    expect(await guards([...services, bound('shop/orders')], ORDERS, REQUIRED)).toMatchObject({
      certain: ['orders:8080HTTP'],
      exposed: undefined,
    });
  });

  it('wants one beside a binding that may target it at other ports', async () => {
    expect(await guards([chooser('shop/orders'), OTHER_TARGET], ORDERS, REQUIRED)).toMatchObject({
      possible: ['b:9000HTTP'],
      exposed: ':8080HTTP',
    });
  });

  it('leaves pods alone that neither Service nor binding means', async () => {
    expect(await guards([chooser('shop/orders')], appPod({ app: 'job' }), REQUIRED)).toMatchObject({
      certain: [],
      possible: [],
      exposed: undefined,
    });
  });

  it.each(['enabled', 'Required', 'true', ''])('is none with the value "%s"', async (value) => {
    const labels = { 'portcullis.dev/injection': value };
    expect((await guards([chooser('shop/orders')], ORDERS, labels)).exposed).toBeUndefined();
  });
});
