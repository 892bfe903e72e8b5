import { expect, it } from 'vitest';
import { fakeClock, settle } from '../base/testing/clock.ts';
import { binding, gone, pod, service, source } from '../cluster/testing/objects.ts';
import { createPolicies } from '../planning/policies.ts';
import { createLoop } from './loop.ts';
import { loopOver, nothingHeld } from './testing/loop.ts';

function world() {
  const clock = fakeClock();
  const compiled: number[] = [];
  const { policies, loop } = loopOver(clock, (milliseconds) => compiled.push(milliseconds));
  return { clock, compiled, policies, loop };
}

const SHOP = [
  pod('shop/p', { labels: { app: 'a' }, guarded: true, ready: true, ports: { http: 8080 } }),
  service('shop/a', 'a', [{ name: 'http', port: 80, targetPort: 8080 }]),
  binding('shop/b', { targetRefs: [{ kind: 'Service', name: 'a' }] }),
];

it('compiles what comes together once, and tells everybody what it touches', async () => {
  const { clock, compiled, loop } = world();
  const told: string[] = [];
  const end = loop.subscribe(({ bindings, pods, changes }) => {
    told.push(`${[...bindings]} ${[...pods]} ${changes.length}`);
  });
  for (const one of SHOP) loop.put([one]);
  expect(told).toEqual([]);
  await clock.advance(10);
  expect([told, compiled.length]).toEqual([['shop/b shop/p 3'], 1]);
  end();
  loop.put([gone('Pod', 'shop/p')]);
  loop.flush();
  expect([told.length, compiled.length]).toEqual([1, 2]);
});

it('compiles much in several turns, and who asks before gets what is new', async () => {
  const { clock, policies, loop } = world();
  const names = Array.from({ length: 600 }, (_, i) => `shop/b${i}`);
  const spec = (i: number) => ({ targetRefs: [{ kind: 'Service', name: `a${i}` }], hosts: [`${i}.example`] });
  const bindings = names.map((name, i) => binding(name, { ...spec(i), sources: [{ name: 's' }] }));
  loop.put([...SHOP, source('shop/s'), ...bindings]);
  loop.flush();
  await clock.advance(10);
  const told: ReadonlySet<string>[] = [];
  const sources: string[] = [];
  loop.subscribe((published) => {
    told.push(published.bindings);
    sources.push([...published.sources].join());
  });
  loop.put([gone('AuthenticationSource', 'shop/s')]);
  loop.flush();
  expect(told).toHaveLength(1);
  const outcomes = names.map((name) => policies.binding(name)?.sourcesNotPermitted);
  expect(outcomes).toEqual(names.map(() => ['shop/s']));
  await clock.advance(10);
  expect([told.length > 1, sources.at(-1)]).toEqual([true, 'shop/s']);
  expect(new Set(sources.slice(0, -1))).toEqual(new Set(['']));
  expect(told.reduce((all, some) => all.union(some))).toEqual(new Set(names));
});

it('compiles nothing after it was stopped', async () => {
  const { clock, compiled, loop } = world();
  loop.put(SHOP);
  loop.stop();
  await clock.advance(100);
  expect([compiled, clock.due()]).toEqual([[], []]);
});

const many = (count: number) => Array.from({ length: count }, (_, i) => service(`shop/s${i}`, `a${i}`, []));

it('applies many changes in several turns, in each of them whole ones, and says when all are', async () => {
  const { clock, policies, loop } = world();
  const turns: number[] = [];
  loop.subscribe(({ changes }) => turns.push(changes.length));
  loop.put(many(1000));
  loop.flush();
  expect([turns.length, loop.hasSynced()]).toEqual([1, false]);
  // What comes meanwhile has its turn after those.
  loop.put([service('shop/late', 'late', [])]);
  await clock.advance(10);
  expect(loop.hasSynced()).toBe(true);
  expect(turns.reduce((sum, size) => sum + size)).toBe(1001);
  expect(Math.max(...turns)).toBeLessThan(500);
  expect(policies.store.all('Service').size).toBe(1001);
});

it('is settled when nothing is left to apply or to compile, and when it is stopped', async () => {
  const { clock, policies, loop } = world();
  const over: string[] = [];
  loop.put(SHOP);
  await loop.settled();
  expect(policies.store.get('Pod', 'shop/p')).toBeDefined();
  loop.put(many(1000));
  void loop.settled().then(() => over.push('settled'));
  await settle();
  expect(over).toEqual([]);
  await clock.advance(10);
  expect([over, policies.store.all('Service').size]).toEqual([['settled'], 1001]);
  loop.put(many(1000));
  void loop.settled().then(() => over.push('stopped'));
  loop.stop();
  await settle();
  expect(over).toEqual(['settled', 'stopped']);
});

it('has synced once the first changes are all applied, and stays so', async () => {
  const clock = fakeClock();
  let isComplete = false;
  const loop = createLoop({
    policies: createPolicies({ allowInsecureHttp: false }),
    clock,
    release: () => ({ ...nothingHeld(), isComplete }),
    onCompiled: () => {},
  });
  const caughtUp: boolean[] = [];
  loop.put(many(1000));
  loop.flush();
  isComplete = true;
  void loop.caughtUp().then((isCaughtUp) => caughtUp.push(isCaughtUp));
  await settle();
  expect([loop.hasSynced(), caughtUp]).toEqual([false, []]);
  await clock.advance(10);
  expect([loop.hasSynced(), caughtUp]).toEqual([true, [true]]);
  loop.put(many(1000));
  loop.flush();
  expect(loop.hasSynced()).toBe(true);
});

/** Each change by its number, and what the policies do with it. */
function counting(onApply = (_: readonly number[]) => {}) {
  const clock = fakeClock();
  const taken: (readonly number[])[] = [];
  const { policies } = loopOver(clock);
  const loop = createLoop({
    policies: {
      ...policies,
      apply(changes, isMore) {
        const numbers = changes.map((change) => ('id' in change ? Number(change.id.slice(6)) : 0));
        taken.push(numbers);
        onApply(numbers);
        return policies.apply(changes, isMore);
      },
    },
    clock,
    release: nothingHeld,
    onCompiled: () => {},
  });
  const put = (...numbers: readonly number[]) => loop.put(numbers.map((n) => service(`shop/s${n}`, 'a', [])));
  return { clock, taken, loop, put };
}

it('applies together what comes within a moment', async () => {
  const { clock, taken, put } = counting();
  put(1);
  put(2, 3);
  await clock.advance(9);
  expect(taken).toEqual([]);
  put(4);
  await clock.advance(1);
  put(5);
  await clock.advance(10);
  expect(taken).toEqual([[1, 2, 3, 4], [5]]);
});

it('applies at once when asked to, and nothing twice', async () => {
  const { clock, taken, loop, put } = counting();
  loop.flush();
  put(1);
  loop.flush();
  await clock.advance(20);
  expect(taken).toEqual([[1]]);
  expect(clock.due()).toEqual([]);
});

it('applies what is put meanwhile afterwards, never within', async () => {
  const { clock, taken, loop, put } = counting(([item = 0]) => {
    if (item < 3) {
      put(item + 1);
      loop.flush();
    }
    expect(taken.at(-1)).toEqual([item]);
  });
  put(1);
  loop.flush();
  await clock.advance(0);
  expect(taken).toEqual([[1], [2], [3]]);
});

it('goes on after a mistake, and leaves nothing waiting', async () => {
  const { clock, taken, loop, put } = counting();
  const end = loop.subscribe(() => {
    throw new Error('a bug');
  });
  put(1);
  expect(() => loop.flush()).toThrow('a bug');
  await loop.settled();
  end();
  put(2);
  await clock.advance(10);
  expect(taken).toEqual([[1], [2]]);
});

it('applies nothing more when it was stopped', async () => {
  const { clock, taken, loop, put } = counting();
  put(1);
  loop.stop();
  loop.flush();
  put(2);
  await clock.advance(20);
  expect([taken, clock.due()]).toEqual([[], []]);
});

it('takes as many at once as a large cluster has objects', () => {
  const { taken, loop, put } = counting();
  const [one] = [service('shop/s1', 'a', [])];
  put(0);
  loop.put(Array.from({ length: 200_000 }, () => one));
  loop.flush();
  expect(taken.flat().length).toBeGreaterThan(1);
});
