import { expect, it } from 'vitest';
import { fakeClock, settle } from '../base/testing/clock.ts';
import { binding, gone, pod, service, source } from '../cluster/testing/objects.ts';
import { appliedCluster } from './applied.ts';
import { createBook } from './book.ts';
import { createControl } from './control.ts';
import type { Cluster } from './follow/cluster.ts';

function world() {
  const clock = fakeClock();
  const compiled: number[] = [];
  const control = createControl({
    allowInsecureHttp: false,
    clock,
    onCompiled: (milliseconds) => compiled.push(milliseconds),
  });
  return { clock, compiled, control };
}

const SHOP = [
  pod('shop/p', { labels: { app: 'a' }, guarded: true, ready: true, ports: { http: 8080 } }),
  service('shop/a', 'a', [{ name: 'http', port: 80, targetPort: 8080 }]),
  binding('shop/b', { targetRefs: [{ kind: 'Service', name: 'a' }] }),
];

it('compiles what comes together once, and tells everybody what it touches', async () => {
  const { clock, compiled, control } = world();
  const told: string[] = [];
  const end = control.onEffects(({ bindings, pods }, changes) => {
    told.push(`${[...bindings]} ${[...pods]} ${changes.length}`);
  });
  for (const one of SHOP) control.put([one]);
  expect(told).toEqual([]);
  await clock.advance(10);
  expect([told, compiled.length]).toEqual([['shop/b shop/p 3'], 1]);
  end();
  control.put([gone('Pod', 'shop/p')]);
  control.flush();
  expect([told.length, compiled.length]).toEqual([1, 2]);
});

it('compiles much in lots, between which others have their turn, and who asks before gets what is new', async () => {
  const { clock, control } = world();
  const names = Array.from({ length: 600 }, (_, i) => `shop/b${i}`);
  const spec = (i: number) => ({ targetRefs: [{ kind: 'Service', name: `a${i}` }], hosts: [`${i}.example`] });
  const bindings = names.map((name, i) => binding(name, { ...spec(i), sources: [{ name: 's' }] }));
  control.put([...SHOP, source('shop/s'), ...bindings]);
  control.flush();
  await clock.advance(10);
  const told: ReadonlySet<string>[] = [];
  const sources: string[] = [];
  control.onEffects((effects) => {
    told.push(effects.bindings);
    sources.push([...effects.sources].join());
  });
  control.put([gone('AuthenticationSource', 'shop/s')]);
  control.flush();
  expect(told).toHaveLength(1);
  const outcomes = names.map((name) => control.policies.binding(name)?.sourcesNotPermitted);
  expect(outcomes).toEqual(names.map(() => ['shop/s']));
  await clock.advance(10);
  expect([told.length > 1, sources.at(-1)]).toEqual([true, 'shop/s']);
  expect(new Set(sources.slice(0, -1))).toEqual(new Set(['']));
  expect(told.reduce((all, some) => all.union(some))).toEqual(new Set(names));
});

it('compiles nothing after it was stopped', async () => {
  const { clock, compiled, control } = world();
  control.put(SHOP);
  control.stop();
  await clock.advance(100);
  expect([compiled, clock.due()]).toEqual([[], []]);
});

it('is read as a book: of pods that live, once the cluster has been read', () => {
  const { control } = world();
  let isRead = false;
  const book = createBook(control, () => isRead);
  const reader = { pod: 'shop/p', gateway: undefined };
  expect(book.policyOf(reader)).toEqual({ kind: 'notReady' });
  isRead = true;
  expect(book.policyOf(reader)).toEqual({ kind: 'unknown' });
  expect(book.policyOf({ pod: 'shop/p', gateway: 'shop/edge' })).toEqual({ kind: 'unknown' });
  control.put(SHOP);
  control.flush();
  expect(book.policyOf(reader)).toMatchObject({ kind: 'policy' });
  expect(book.livePod('shop/p')).toBe('uid-shop/p');

  control.put([pod('shop/p', { labels: { app: 'a' }, guarded: true, phase: 'Succeeded' })]);
  control.flush();
  expect([book.livePod('shop/p'), book.policyOf(reader)]).toEqual([undefined, { kind: 'unknown' }]);
});

it('tells the readers of a book of their pods alone, also of one that nothing guards', () => {
  const { control } = world();
  const book = createBook(control, () => true);
  const told: string[] = [];
  const end = book.onChange(({ pods, gateways }) => told.push([...pods, ...gateways].join()));
  control.put(SHOP);
  control.flush();
  control.put([pod('shop/other', { labels: {}, guarded: false, ready: true, ports: {} })]);
  control.flush();
  control.put([service('shop/z', 'z', [])]);
  control.flush();
  expect(told).toEqual(['shop/p', 'shop/other']);
  end();
  control.put([gone('Pod', 'shop/p')]);
  control.flush();
  expect(told).toHaveLength(2);
});

const many = (count: number) => Array.from({ length: count }, (_, i) => service(`shop/s${i}`, `a${i}`, []));

it('applies many changes in lots, of which each is whole, and says when all are', async () => {
  const { clock, control } = world();
  const lots: number[] = [];
  control.onEffects((_, changes) => lots.push(changes.length));
  control.put(many(1000));
  control.flush();
  expect([lots.length, control.isApplied()]).toEqual([1, false]);
  // What comes meanwhile has its turn after those.
  control.put([service('shop/late', 'late', [])]);
  await clock.advance(10);
  expect(control.isApplied()).toBe(true);
  expect(lots.reduce((sum, size) => sum + size)).toBe(1001);
  expect(Math.max(...lots)).toBeLessThan(500);
  expect(control.policies.store.all('Service').size).toBe(1001);
});

it('is settled when nothing is left to apply or to compile, and when it is stopped', async () => {
  const { clock, control } = world();
  const over: string[] = [];
  control.put(SHOP);
  await control.settled();
  expect(control.policies.store.get('Pod', 'shop/p')).toBeDefined();
  control.put(many(1000));
  void control.settled().then(() => over.push('settled'));
  await settle();
  expect(over).toEqual([]);
  await clock.advance(10);
  expect([over, control.isApplied()]).toEqual([['settled'], true]);
  control.put(many(1000));
  void control.settled().then(() => over.push('stopped'));
  control.stop();
  await settle();
  expect(over).toEqual(['settled', 'stopped']);
});

it('is known as a cluster once the first changes are all applied, and stays so', async () => {
  const { clock, control } = world();
  let hasSynced = false;
  const cluster = appliedCluster(
    { hasSynced: () => hasSynced, refresh: async () => true } as Cluster,
    control,
  );
  const refreshed: boolean[] = [];
  control.put(many(1000));
  control.flush();
  hasSynced = true;
  void cluster.refresh().then((fresh) => refreshed.push(fresh));
  await settle();
  expect([cluster.hasSynced(), refreshed]).toEqual([false, []]);
  await clock.advance(10);
  expect([cluster.hasSynced(), refreshed]).toEqual([true, [true]]);
  control.put(many(1000));
  control.flush();
  expect(cluster.hasSynced()).toBe(true);
});
