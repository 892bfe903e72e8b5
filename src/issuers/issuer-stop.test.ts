// After stop() nothing happens any more.
import { expect, it } from 'vitest';
import { manualClock } from '../base/testing/manual-clock.ts';
import { testGet } from './testing/fetching.ts';
import { runIssuer } from './testing/issuer.ts';
import { publicJwk } from './testing/keys.ts';
import { testPlan } from './testing/plan.ts';
import { fakeProvider, page } from './testing/provider.ts';
import { startServer } from './testing/servers.ts';

const keys = [publicJwk('a')];

it('no timer fires, and the fetch under way ends in silence', async () => {
  const clock = manualClock();
  const provider = fakeProvider(page({ keys }));
  const { issuer, states, next } = runIssuer(clock, provider.get);
  await next();
  provider.hang();
  const request = provider.nextRequest();
  clock.advance(600_000);
  const { signal } = await request;
  const pending = issuer.refreshUnknownKey();
  issuer.stop();
  expect(signal.aborted).toBe(true);
  provider.answer(page({ keys: [publicJwk('b')] }));
  await pending;
  expect(clock.due()).toEqual([]);
  expect(states).toHaveLength(1);
  expect(issuer.state().keys).toEqual(keys);
  expect(issuer.refreshUnknownKey()).toBeUndefined();
});

it('a real connection is closed at once', async () => {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const server = await startServer(() => resolve());
  const location = { kind: 'jwks', url: server.origin } as const;
  const { issuer } = runIssuer(manualClock(), testGet(), testPlan({ location }));
  await asked;
  issuer.stop();
  await expect.poll(server.open).toBe(0);
});
