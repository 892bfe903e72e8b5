import { beforeEach, describe, expect, it } from 'vitest';
import { type ManualClock, manualClock } from '../base/testing/manual-clock.ts';
import type { FetchPlan } from '../keys/plan.ts';
import type { Get } from './http.ts';
import { runIssuer } from './testing/issuer.ts';
import { publicJwk } from './testing/keys.ts';
import { testPlan } from './testing/plan.ts';
import { down, fakeProvider, page } from './testing/provider.ts';

const [a, b] = [publicJwk('a'), publicJwk('b')];
const SECOND = 1000;
const MINUTE = 60 * SECOND;

let clock: ManualClock;
const run = (get: Get, plan?: FetchPlan) => runIssuer(clock, get, plan);
beforeEach(() => {
  clock = manualClock();
});

describe('keys', () => {
  it('are there after the first fetch', async () => {
    const { issuer, results, next } = run(fakeProvider(page({ keys: [a] })).get);
    expect(issuer.state()).toMatchObject({ keys: undefined, checkedAt: undefined, error: undefined });
    await next();
    const now = clock.now() / SECOND;
    expect(issuer.state()).toEqual({
      keys: [a],
      jwksURI: 'https://id.example/keys',
      checkedAt: now,
      changedAt: now,
      error: undefined,
    });
    expect(results).toEqual(['success']);
  });

  it('are refreshed, and stay the same array while they are the same keys', async () => {
    const provider = fakeProvider(page({ keys: [a, b] }));
    const { issuer, next } = run(provider.get);
    const first = await next();

    provider.answer(page({ keys: [b, a] }));
    clock.advance(10 * MINUTE - 1);
    expect(provider.asked).toHaveLength(1);
    clock.advance(1);
    const second = await next();
    expect(second.keys).toBe(first.keys);
    expect(second.changedAt).toBe(first.changedAt);
    expect(second.checkedAt).toBe(clock.now() / SECOND);

    provider.answer(page({ keys: [b] }));
    clock.advance(10 * MINUTE);
    const third = await next();
    expect(third).toMatchObject({ keys: [b], changedAt: clock.now() / SECOND });
    expect(issuer.state()).toBe(third);
  });

  it('are refreshed when Cache-Control says so', async () => {
    const provider = fakeProvider(page({ keys: [a] }, { 'cache-control': 'max-age=3600' }));
    const { next } = run(provider.get);
    await next();
    clock.advance(60 * MINUTE - 1);
    expect(provider.asked).toHaveLength(1);
    clock.advance(1);
    expect(provider.asked).toHaveLength(2);
  });

  it('are refreshed soon after a machine wakes, or its clock is set on, later than they were due', async () => {
    const provider = fakeProvider(page({ keys: [a] }, { 'cache-control': 'max-age=36000' }));
    const { next } = run(provider.get);
    await next();
    clock.jump(9 * 60 * MINUTE);
    clock.advance(MINUTE);
    expect(provider.asked).toHaveLength(1);
    clock.jump(60 * MINUTE);
    clock.advance(MINUTE);
    expect(provider.asked).toHaveLength(2);
  });

  it('are refreshed in time where the clock is set back', async () => {
    const provider = fakeProvider(page({ keys: [a] }));
    const { next } = run(provider.get);
    await next();
    clock.advance(5 * MINUTE);
    clock.jump(-24 * 60 * MINUTE);
    clock.advance(5 * MINUTE - 1);
    expect(provider.asked).toHaveLength(1);
    clock.advance(1);
    expect(provider.asked).toHaveLength(2);
  });

  it.each([
    ['none', page({ keys: [] }), 'MISSING_JWKS'],
    ['none of use', page({ keys: [{ ...b, use: 'enc' }] }), 'MISSING_JWKS'],
    [
      'no document',
      { kind: 'ok' as const, body: Buffer.from('<html>'), headers: {} },
      'COULD_NOT_PARSE_CONFIG',
    ],
    ['nothing', down, 'UNKNOWN_HOST'],
  ])('stay as they are when the provider has %s', async (_what, answer, code) => {
    const provider = fakeProvider(page({ keys: [a] }));
    const { results, next } = run(provider.get);
    const first = await next();
    provider.answer(answer);
    clock.advance(10 * MINUTE);
    const second = await next();
    expect(second).toMatchObject({ error: { code } });
    expect(second.keys).toBe(first.keys);
    expect(second.checkedAt).toBe(first.checkedAt);
    expect(results).toEqual(['success', code]);

    provider.answer(page({ keys: [b] }));
    clock.advance(10 * SECOND);
    expect(await next()).toMatchObject({ keys: [b], error: undefined });
  });
});

describe('a provider that is down', () => {
  it('is asked again after 10 s, 20 s, 40 s, … up to the interval, and once well again as usual', async () => {
    const provider = fakeProvider(down);
    const { next } = run(provider.get, testPlan({ refreshInterval: 60 }));
    const waits: number[] = [];
    for (let attempt = 0; attempt < 5; attempt++) {
      expect(await next()).toMatchObject({ keys: undefined, error: { code: 'UNKNOWN_HOST' } });
      if (attempt === 4) provider.answer(page({ keys: [a] }));
      const before = clock.now();
      while (provider.asked.length === attempt + 1) clock.advance(clock.due()[0] ?? 0);
      waits.push((clock.now() - before) / SECOND);
    }
    expect(waits).toEqual([10, 20, 40, 60, 60]);
    expect(await next()).toMatchObject({ keys: [a], error: undefined });

    provider.answer(down);
    clock.advance(60 * SECOND);
    await next();
    expect(clock.due()).toEqual([10 * SECOND]);
  });

  it('or throws, fails alone', async () => {
    const { next } = run(() => Promise.reject(new TypeError('a secret')));
    const { error } = await next();
    expect(error).toMatchObject({ code: 'COULD_NOT_PARSE_CONFIG' });
    expect(error?.message).not.toContain('secret');
    expect(clock.due()).toEqual([10 * SECOND]);
  });
});
