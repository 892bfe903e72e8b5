import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type ManualClock, manualClock } from '../base/testing/manual-clock.ts';
import type { FetchPlan } from '../keys/plan.ts';
import type { Get } from './http.ts';
import type { IssuerState } from './issuer.ts';
import { createIssuerPool } from './pool.ts';
import { publicJwk } from './testing/keys.ts';
import { testPlan } from './testing/plan.ts';
import { down, type FakeProvider, fakeProvider, page } from './testing/provider.ts';

const [a, b] = [publicJwk('a'), publicJwk('b')];

let clock: ManualClock;
beforeEach(() => {
  clock = manualClock();
});

/** A pool that reaches each provider by its URL, and a way to wait until a source has spoken. */
function run(providers: Readonly<Record<string, FakeProvider>>) {
  const changes: [source: string, state: IssuerState][] = [];
  const results: string[] = [];
  const waiting = new Map<string, () => void>();
  const get: Get = (request) =>
    providers[request.url]?.get(request) ?? Promise.reject(new Error(request.url));
  const pool = createIssuerPool({
    get,
    clock,
    random: () => 0,
    onChange: ({ uid, source }, state) => {
      changes.push([source, state]);
      waiting.get(uid)?.();
    },
    onFetch: ({ source }, result) => results.push(`${source} ${result}`),
  });
  onTestFinished(() => pool.stop());
  const change = (uid: string) => new Promise<void>((resolve) => waiting.set(uid, resolve));
  return { pool, changes, results, change };
}

const plan = (uid: string, url: string, changes: Partial<FetchPlan> = {}): FetchPlan =>
  testPlan({ uid, source: `shop/${uid}`, location: { kind: 'jwks', url }, ...changes });

describe('reconciling', () => {
  it('starts what is new, leaves what is the same, stops what is gone', async () => {
    const [one, other] = [fakeProvider(page({ keys: [a] })), fakeProvider(page({ keys: [b] }))];
    const { pool, results, change } = run({ 'https://one/': one, 'https://other/': other });
    const [p1, p2] = [plan('1', 'https://one/'), plan('2', 'https://other/')];
    const first = change('1');
    pool.reconcile([p1]);
    await first;
    expect([...pool.keySets()]).toEqual([['1', { keys: [a], checkedAt: clock.now() / 1000 }]]);

    const second = change('2');
    pool.reconcile([structuredClone(p1), p2]);
    await second;
    expect([...pool.keySets().keys()]).toEqual(['1', '2']);
    expect([one.asked.length, other.asked.length]).toEqual([1, 1]);
    expect(results).toEqual(['shop/1 success', 'shop/2 success']);

    pool.reconcile([p2]);
    expect([...pool.keySets().keys()]).toEqual(['2']);
    expect(pool.state('1')).toBeUndefined();
    expect(pool.refreshUnknownKey('1')).toBeUndefined();
    expect(clock.due()).toHaveLength(1);
  });

  it.each<[string, Partial<FetchPlan>]>([
    ['certificateAuthorities', { certificateAuthorities: 'pem' }],
    ['refreshInterval', { refreshInterval: 60 }],
    ['timeout', { timeout: 1 }],
    ['maxStale', { maxStale: 60 }],
  ])('with another %s fetches anew and keeps the keys until then', async (_what, changes) => {
    const provider = fakeProvider(page({ keys: [a] }));
    const { pool, change } = run({ 'https://one/': provider });
    const started = change('1');
    pool.reconcile([plan('1', 'https://one/')]);
    await started;
    const before = pool.state('1');

    provider.answer(down);
    const failed = change('1');
    pool.reconcile([plan('1', 'https://one/', changes)]);
    expect(pool.state('1')).toBe(before);
    await failed;
    expect(pool.state('1')).toMatchObject({
      keys: [a],
      checkedAt: before?.checkedAt,
      error: { code: 'UNKNOWN_HOST' },
    });
    expect(provider.asked).toHaveLength(2);
    expect(clock.due()).toHaveLength(1);
  });

  const tenantIssuer = 'https://login.example/{tenantid}/v2.0';
  it.each<[string, FetchPlan['location'], FetchPlan['location']]>([
    ['jwksURI', { kind: 'jwks', url: 'https://one/' }, { kind: 'jwks', url: 'https://hanging/' }],
    [
      'issuer',
      { kind: 'discovery', issuer: 'https://one', url: 'https://one/', tenants: [] },
      { kind: 'discovery', issuer: 'https://other', url: 'https://hanging/', tenants: [] },
    ],
    [
      'tenants',
      { kind: 'discovery', issuer: tenantIssuer, url: 'https://one/', tenants: ['a'] },
      { kind: 'discovery', issuer: tenantIssuer, url: 'https://hanging/', tenants: ['b'] },
    ],
    [
      'kind of location',
      { kind: 'discovery', issuer: 'https://one', url: 'https://one/', tenants: [] },
      { kind: 'jwks', url: 'https://hanging/' },
    ],
  ])("with another %s never goes on with the old provider's keys", async (_what, before, after) => {
    const documents = {
      issuer: before.kind === 'discovery' ? before.issuer : undefined,
      jwks_uri: 'https://keys/',
      keys: [a],
    };
    const { pool, change } = run({
      'https://one/': fakeProvider(page(documents)),
      'https://keys/': fakeProvider(page({ keys: [a] })),
      'https://hanging/': fakeProvider(),
    });
    const started = change('1');
    pool.reconcile([testPlan({ uid: '1', location: before })]);
    await started;
    expect(pool.keySets().size).toBe(1);
    pool.reconcile([testPlan({ uid: '1', location: after })]);
    expect(pool.keySets().size).toBe(0);
    expect(pool.state('1')).toMatchObject({ keys: undefined, checkedAt: undefined, error: undefined });
  });

  it('away from a provider that answers too late changes nothing', async () => {
    const [late, fresh] = [fakeProvider(), fakeProvider(page({ keys: [b] }))];
    const { pool, changes, change } = run({ 'https://late/': late, 'https://fresh/': fresh });
    pool.reconcile([plan('1', 'https://late/')]);
    const changed = change('1');
    pool.reconcile([plan('1', 'https://fresh/')]);
    await changed;
    late.answer(page({ keys: [a] }));
    await Promise.resolve();
    expect(pool.keySets().get('1')?.keys).toEqual([b]);
    expect(changes).toHaveLength(1);
  });
});

it('a provider that hangs delays no other', async () => {
  const hanging = fakeProvider();
  const { pool, change } = run({
    'https://hanging/': hanging,
    'https://one/': fakeProvider(page({ keys: [a] })),
  });
  const started = change('1');
  pool.reconcile([plan('0', 'https://hanging/'), plan('1', 'https://one/')]);
  await started;
  await pool.refreshUnknownKey('1');
  expect([...pool.keySets().keys()]).toEqual(['1']);
  expect(hanging.asked).toHaveLength(1);
});

it('unknown kids are looked for at the provider of their source alone', async () => {
  const [one, other] = [fakeProvider(page({ keys: [a] })), fakeProvider(page({ keys: [b] }))];
  const { pool, change } = run({ 'https://one/': one, 'https://other/': other });
  const both = Promise.all([change('1'), change('2')]);
  pool.reconcile([plan('1', 'https://one/'), plan('2', 'https://other/')]);
  await both;
  await pool.refreshUnknownKey('1');
  expect(pool.refreshUnknownKey('1')).toBeUndefined();
  expect(pool.refreshUnknownKey('2')).toBeInstanceOf(Promise);
  expect([one.asked.length, other.asked.length]).toEqual([2, 2]);
});

it('a stopped pool is silent', async () => {
  const provider = fakeProvider();
  const { pool, changes } = run({ 'https://one/': provider });
  pool.reconcile([plan('1', 'https://one/')]);
  pool.stop();
  provider.answer(page({ keys: [a] }));
  await Promise.resolve();
  expect(changes).toEqual([]);
  expect(clock.due()).toEqual([]);
  expect(pool.keySets().size).toBe(0);
});
