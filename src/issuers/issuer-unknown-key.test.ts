// What a kid that nobody has seen sets in motion, and what it does not.
import { beforeEach, describe, expect, it } from 'vitest';
import { type ManualClock, manualClock } from '../base/testing/manual-clock.ts';
import type { FetchPlan } from '../keys/plan.ts';
import type { Get } from './http.ts';
import { fetchFrom, testGet } from './testing/fetching.ts';
import { runIssuer } from './testing/issuer.ts';
import { publicJwk } from './testing/keys.ts';
import { testPlan } from './testing/plan.ts';
import { down, fakeProvider, page } from './testing/provider.ts';
import { type Handler, serves, startServer } from './testing/servers.ts';

const [a, b] = [publicJwk('a'), publicJwk('b')];
const SECOND = 1000;
const MINUTE = 60 * SECOND;

let clock: ManualClock;
const run = (get: Get, plan?: FetchPlan) => runIssuer(clock, get, plan);
beforeEach(() => {
  clock = manualClock();
});

describe('an unknown kid', () => {
  it('causes a fetch that brings the new key', async () => {
    const provider = fakeProvider(page({ keys: [a] }));
    const { issuer, next } = run(provider.get);
    await next();
    provider.answer(page({ keys: [a, b] }));
    await issuer.refreshUnknownKey();
    expect(issuer.state().keys).toEqual([a, b]);
    expect(clock.due()).toHaveLength(1);
  });

  it.each([
    ['a good fetch', page({ keys: [a] })],
    ['a failed one', down],
  ])('causes no second fetch within the cooldown after %s', async (_what, answer) => {
    const provider = fakeProvider(page({ keys: [a] }));
    const { issuer, next } = run(provider.get, testPlan({ retryInterval: 300 }));
    await next();
    provider.answer(answer);
    await issuer.refreshUnknownKey();
    expect(provider.asked).toHaveLength(2);

    clock.advance(30 * SECOND - 1);
    for (let i = 0; i < 20; i++) expect(issuer.refreshUnknownKey()).toBeUndefined();
    expect(provider.asked).toHaveLength(2);
    clock.advance(1);
    await issuer.refreshUnknownKey();
    expect(provider.asked).toHaveLength(3);
  });

  it('joins the fetch that is under way, which it does not cool down', async () => {
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

  it('of many requests at once causes one fetch', async () => {
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

  it('is not ignored for ever where the clock was set back', async () => {
    const provider = fakeProvider(page({ keys: [a] }));
    const { issuer, next } = run(provider.get);
    await next();
    await issuer.refreshUnknownKey();
    clock.jump(-3600 * SECOND);
    await issuer.refreshUnknownKey();
    expect(provider.asked).toHaveLength(3);
  });

  it('reads the known key set without discovery; a regular refresh discovers again', async () => {
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
    clock.advance(10 * MINUTE);
    await refreshed;
    const document = '/.well-known/openid-configuration';
    expect(requests).toEqual([document, '/keys', '/keys', document, '/keys']);
  });

  it.each([
    ['still answers', page({ keys: [a] })],
    ['is gone', down],
  ])(
    'however often there is one, puts no discovery off: a key set that moved, and whose old place %s, is found',
    async (_what, old) => {
      const provider = fakeProvider();
      const location = {
        kind: 'discovery',
        issuer: 'https://id',
        url: 'https://id/meta',
        tenants: [],
      } as const;
      let place = 'https://id/old';
      const get: Get = async (request) => {
        if (request.url === 'https://id/meta') return page({ issuer: 'https://id', jwks_uri: place });
        return request.url === 'https://id/old' ? provider.get(request) : page({ keys: [b] });
      };
      const { issuer, next } = run(get, testPlan({ location }));
      provider.answer(page({ keys: [a] }));
      await next();

      place = 'https://id/new';
      provider.answer(old);
      for (let i = 0; i < 25; i++) {
        clock.advance(30 * SECOND);
        await issuer.refreshUnknownKey();
      }
      expect(issuer.state()).toMatchObject({ keys: [b], jwksURI: 'https://id/new' });
    },
  );
});
