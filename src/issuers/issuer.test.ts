import { beforeEach, describe, expect, test } from 'vitest';
import type { FetchPlan } from '../keys/plan.ts';
import type { Get } from './http.ts';
import { runIssuer } from './testing/issuer.ts';
import { publicJwk } from './testing/keys.ts';
import { testPlan } from './testing/plan.ts';
import { down, fakeProvider, page } from './testing/provider.ts';
import { type FakeTime, fakeTime } from './testing/time.ts';

const [a, b] = [publicJwk('a'), publicJwk('b')];
const SECOND = 1000;
const MINUTE = 60 * SECOND;

let time: FakeTime;
const run = (get: Get, plan?: FetchPlan) => runIssuer(time, get, plan);
beforeEach(() => {
  time = fakeTime();
});

describe('keys', () => {
  test('are there after the first fetch', async () => {
    const { issuer, results, next } = run(fakeProvider(page({ keys: [a] })).get);
    expect(issuer.state()).toMatchObject({ keys: undefined, checkedAt: undefined, error: undefined });
    await next();
    const now = time.clock.now() / SECOND;
    expect(issuer.state()).toEqual({
      keys: [a],
      jwksURI: 'https://id.example/keys',
      checkedAt: now,
      changedAt: now,
      error: undefined,
    });
    expect(results).toEqual(['success']);
  });

  test('are refreshed, and stay the same array while they are the same keys', async () => {
    const provider = fakeProvider(page({ keys: [a, b] }));
    const { issuer, next } = run(provider.get);
    const first = await next();

    provider.answer(page({ keys: [b, a] }));
    time.advance(10 * MINUTE - 1);
    expect(provider.asked).toHaveLength(1);
    time.advance(1);
    const second = await next();
    expect(second.keys).toBe(first.keys);
    expect(second.changedAt).toBe(first.changedAt);
    expect(second.checkedAt).toBe(time.clock.now() / SECOND);

    provider.answer(page({ keys: [b] }));
    time.advance(10 * MINUTE);
    const third = await next();
    expect(third).toMatchObject({ keys: [b], changedAt: time.clock.now() / SECOND });
    expect(issuer.state()).toBe(third);
  });

  test('are refreshed when Cache-Control says so', async () => {
    const provider = fakeProvider(page({ keys: [a] }, { 'cache-control': 'max-age=3600' }));
    const { next } = run(provider.get);
    await next();
    time.advance(60 * MINUTE - 1);
    expect(provider.asked).toHaveLength(1);
    time.advance(1);
    expect(provider.asked).toHaveLength(2);
  });

  test('are refreshed soon after a machine wakes, or its clock is set on, later than they were due', async () => {
    const provider = fakeProvider(page({ keys: [a] }, { 'cache-control': 'max-age=36000' }));
    const { next } = run(provider.get);
    await next();
    time.jump(9 * 60 * MINUTE);
    time.advance(MINUTE);
    expect(provider.asked).toHaveLength(1);
    time.jump(60 * MINUTE);
    time.advance(MINUTE);
    expect(provider.asked).toHaveLength(2);
  });

  test('are refreshed in time where the clock is set back', async () => {
    const provider = fakeProvider(page({ keys: [a] }));
    const { next } = run(provider.get);
    await next();
    time.advance(5 * MINUTE);
    time.jump(-24 * 60 * MINUTE);
    time.advance(5 * MINUTE - 1);
    expect(provider.asked).toHaveLength(1);
    time.advance(1);
    expect(provider.asked).toHaveLength(2);
  });

  test.each([
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
    time.advance(10 * MINUTE);
    const second = await next();
    expect(second).toMatchObject({ error: { code } });
    expect(second.keys).toBe(first.keys);
    expect(second.checkedAt).toBe(first.checkedAt);
    expect(results).toEqual(['success', code]);

    provider.answer(page({ keys: [b] }));
    time.advance(10 * SECOND);
    expect(await next()).toMatchObject({ keys: [b], error: undefined });
  });
});

describe('a provider that is down', () => {
  test('is asked again after 10 s, 20 s, 40 s, … up to the interval, and once well again as usual', async () => {
    const provider = fakeProvider(down);
    const { next } = run(provider.get, testPlan({ refreshInterval: 60 }));
    const waits: number[] = [];
    for (let attempt = 0; attempt < 5; attempt++) {
      expect(await next()).toMatchObject({ keys: undefined, error: { code: 'UNKNOWN_HOST' } });
      if (attempt === 4) provider.answer(page({ keys: [a] }));
      const before = time.clock.now();
      while (provider.asked.length === attempt + 1) time.advance(time.due()[0] ?? 0);
      waits.push((time.clock.now() - before) / SECOND);
    }
    expect(waits).toEqual([10, 20, 40, 60, 60]);
    expect(await next()).toMatchObject({ keys: [a], error: undefined });

    provider.answer(down);
    time.advance(60 * SECOND);
    await next();
    expect(time.due()).toEqual([10 * SECOND]);
  });

  test('or throws, fails alone', async () => {
    const { next } = run(() => Promise.reject(new TypeError('a secret')));
    const { error } = await next();
    expect(error).toMatchObject({ code: 'COULD_NOT_PARSE_CONFIG' });
    expect(error?.message).not.toContain('secret');
    expect(time.due()).toEqual([10 * SECOND]);
  });
});
