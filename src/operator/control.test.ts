import { expect, it } from 'vitest';
import { fakeTime } from '../kubernetes/testing/time.ts';
import { createBook } from './book.ts';
import { createControl } from './control.ts';
import { binding, gone, pod, service, source } from './testing/objects.ts';

function world() {
  const time = fakeTime();
  const compiled: number[] = [];
  const control = createControl({
    ...{ allowInsecureHttp: false, time },
    onCompiled: (milliseconds) => compiled.push(milliseconds),
  });
  return { time, compiled, control };
}

const SHOP = [
  pod('shop/p', { labels: { app: 'a' }, guarded: true, ready: true, ports: { http: 8080 } }),
  service('shop/a', 'a', [{ name: 'http', port: 80, targetPort: 8080 }]),
  binding('shop/b', { targetRefs: [{ kind: 'Service', name: 'a' }] }),
];

it('compiles what comes together once, and tells everybody what it touches', async () => {
  const { time, compiled, control } = world();
  const told: string[] = [];
  const end = control.onEffects(({ bindings, pods }, changes) => {
    told.push(`${[...bindings]} ${[...pods]} ${changes.length}`);
  });
  for (const one of SHOP) control.put(one);
  expect(told).toEqual([]);
  await time.advance(10);
  expect([told, compiled.length]).toEqual([['shop/b shop/p 3'], 1]);
  end();
  control.put(gone('Pod', 'shop/p'));
  control.flush();
  expect([told.length, compiled.length]).toEqual([1, 2]);
});

it('compiles much in lots, between which others have their turn, and who asks before gets what is new', async () => {
  const { time, control } = world();
  const names = Array.from({ length: 600 }, (_, i) => `shop/b${i}`);
  const spec = (i: number) => ({ targetRefs: [{ kind: 'Service', name: `a${i}` }], hosts: [`${i}.example`] });
  const bindings = names.map((name, i) => binding(name, { ...spec(i), sources: [{ name: 's' }] }));
  control.put(...SHOP, source('shop/s'), ...bindings);
  control.flush();
  await time.advance(10);
  const told: ReadonlySet<string>[] = [];
  const sources: string[] = [];
  control.onEffects((effects) => {
    told.push(effects.bindings);
    sources.push([...effects.sources].join());
  });
  control.put(gone('AuthenticationSource', 'shop/s'));
  control.flush();
  expect(told).toHaveLength(1);
  const outcomes = names.map((name) => control.policies.binding(name)?.sourcesNotPermitted);
  expect(outcomes).toEqual(names.map(() => ['shop/s']));
  await time.advance(10);
  expect([told.length > 1, sources.at(-1)]).toEqual([true, 'shop/s']);
  expect(new Set(sources.slice(0, -1))).toEqual(new Set(['']));
  expect(told.reduce((all, some) => all.union(some))).toEqual(new Set(names));
});

it('compiles nothing after it was stopped', async () => {
  const { time, compiled, control } = world();
  control.put(...SHOP);
  control.stop();
  await time.advance(100);
  expect([compiled, time.due()]).toEqual([[], []]);
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
  control.put(...SHOP);
  control.flush();
  expect(book.policyOf(reader)).toMatchObject({ kind: 'policy' });
  expect(book.livePod('shop/p')).toBe('uid-shop/p');

  control.put(pod('shop/p', { labels: { app: 'a' }, guarded: true, phase: 'Succeeded' }));
  control.flush();
  expect([book.livePod('shop/p'), book.policyOf(reader)]).toEqual([undefined, { kind: 'unknown' }]);
});

it('tells the readers of a book of their pods alone, also of one that nothing guards', () => {
  const { control } = world();
  const book = createBook(control, () => true);
  const told: string[] = [];
  const end = book.onChange(({ pods, gateways }) => told.push([...pods, ...gateways].join()));
  control.put(...SHOP);
  control.flush();
  control.put(pod('shop/other', { labels: {}, guarded: false, ready: true, ports: {} }));
  control.flush();
  control.put(service('shop/z', 'z', []));
  control.flush();
  expect(told).toEqual(['shop/p', 'shop/other']);
  end();
  control.put(gone('Pod', 'shop/p'));
  control.flush();
  expect(told).toHaveLength(2);
});
