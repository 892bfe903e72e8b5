import { beforeEach, describe, expect, test } from 'vitest';
import type { FetchPlan } from '../keys/plan.ts';
import type { Get } from './http.ts';
import { fetchFrom, testGet } from './testing/fetching.ts';
import { runIssuer } from './testing/issuer.ts';
import { publicJwk } from './testing/keys.ts';
import { testPlan } from './testing/plan.ts';
import { down, fakeProvider, page } from './testing/provider.ts';
import { type Handler, serves, startServer } from './testing/servers.ts';
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
    expect(time.due()).toEqual([10 * MINUTE]);

    provider.answer(page({ keys: [b, a] }));
    time.advance(10 * MINUTE);
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
    const { next } = run(fakeProvider(page({ keys: [a] }, { 'cache-control': 'max-age=3600' })).get);
    await next();
    expect(time.due()).toEqual([60 * MINUTE]);
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
      const [wait = 0] = time.due();
      waits.push(wait / SECOND);
      if (attempt === 4) provider.answer(page({ keys: [a] }));
      time.advance(wait);
    }
    expect(waits).toEqual([10, 20, 40, 60, 60]);
    expect(await next()).toMatchObject({ keys: [a], error: undefined });
    expect(time.due()).toEqual([60 * SECOND]);

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

describe('an unknown kid', () => {
  test('causes a fetch that brings the new key', async () => {
    const provider = fakeProvider(page({ keys: [a] }));
    const { issuer, next } = run(provider.get);
    await next();
    provider.answer(page({ keys: [a, b] }));
    await issuer.refreshUnknownKey();
    expect(issuer.state().keys).toEqual([a, b]);
    expect(time.due()).toEqual([10 * MINUTE]); // Not two timers.
  });

  test.each([
    ['a good fetch', page({ keys: [a] })],
    ['a failed one', down],
  ])('causes no second fetch within the cooldown after %s', async (_what, answer) => {
    const provider = fakeProvider(page({ keys: [a] }));
    const { issuer, next } = run(provider.get, testPlan({ retryInterval: 300 }));
    await next();
    provider.answer(answer);
    await issuer.refreshUnknownKey();
    expect(provider.asked).toHaveLength(2);

    time.advance(30 * SECOND - 1);
    for (let i = 0; i < 20; i++) expect(issuer.refreshUnknownKey()).toBeUndefined();
    expect(provider.asked).toHaveLength(2);
    time.advance(1);
    await issuer.refreshUnknownKey();
    expect(provider.asked).toHaveLength(3);
  });

  test('joins the fetch that is under way, which it does not cool down', async () => {
    const provider = fakeProvider();
    const { issuer } = run(provider.get);
    const waiting = [issuer.refreshUnknownKey(), issuer.refreshUnknownKey()];
    expect(waiting[0]).toBeInstanceOf(Promise);
    provider.answer(page({ keys: [a] }));
    await Promise.all(waiting);
    expect(provider.asked).toHaveLength(1);
    await issuer.refreshUnknownKey();
    expect(provider.asked).toHaveLength(2);
  });

  test('of many requests at once causes one fetch', async () => {
    const provider = fakeProvider(page({ keys: [a] }));
    const { issuer, next } = run(provider.get);
    await next();
    provider.hang();
    const waiting = Array.from({ length: 50 }, () => issuer.refreshUnknownKey());
    provider.answer(page({ keys: [b] }));
    await Promise.all(waiting);
    expect(waiting).not.toContain(undefined);
    expect(provider.asked).toHaveLength(2);
    expect(issuer.refreshUnknownKey()).toBeUndefined();
  });

  test('is not ignored for ever where the clock was set back', async () => {
    const provider = fakeProvider(page({ keys: [a] }));
    const { issuer, next } = run(provider.get);
    await next();
    await issuer.refreshUnknownKey();
    time.advance(-3600 * SECOND);
    await issuer.refreshUnknownKey();
    expect(provider.asked).toHaveLength(3);
  });

  test('reads the known key set without discovery; a regular refresh discovers again', async () => {
    const requests: string[] = [];
    const handler: Handler = (request, response) => {
      requests.push(request.url ?? '');
      serves(
        request.url === '/keys'
          ? { keys: [a] }
          : { issuer: server.origin, jwks_uri: `${server.origin}/keys` },
      )(request, response);
    };
    const server = await startServer(handler);
    const location = { kind: 'discovery', issuer: server.origin, url: undefined, tenants: [] } as const;
    const { issuer, next } = run(
      (request) => fetchFrom(request.url, testGet(), request),
      testPlan({ location }),
    );
    expect(await next()).toMatchObject({ keys: [a], jwksURI: `${server.origin}/keys` });
    await issuer.refreshUnknownKey();
    const refreshed = next();
    time.advance(10 * MINUTE);
    await refreshed;
    const document = '/.well-known/openid-configuration';
    expect(requests).toEqual([document, '/keys', '/keys', document, '/keys']);
  });
});
