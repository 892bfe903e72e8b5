import { expect, it } from 'vitest';
import { fakeClock } from '../../base/testing/clock.ts';
import { raw } from '../../cluster/testing/objects.ts';
import { failed } from '../../kubernetes/errors.ts';
import { fakeApi } from '../testing/api.ts';
import { createTrust } from './trust.ts';

const BUNDLE = raw('shop/portcullis-ca', {});

it('is there at once where it is published', async () => {
  const api = fakeApi();
  api.put('ConfigMap', BUNDLE);
  expect(await createTrust({ client: api.client, clock: fakeClock() })('shop')).toBe(true);
  expect(api.calls).toEqual(['list configmaps portcullis-ca']);
});

it('is waited for where injection was enabled just now', async () => {
  const api = fakeApi();
  const clock = fakeClock();
  const trust = createTrust({ client: api.client, clock })('shop');
  await clock.advance(50);
  api.put('ConfigMap', BUNDLE);
  await clock.advance(50);
  expect(await trust).toBe(true);
});

it('is not waited for without end, and not where it cannot be seen', async () => {
  const clock = fakeClock();
  const trust = createTrust({ client: fakeApi().client, clock })('shop');
  await clock.advance(10_000);
  expect(await trust).toBe(false);
  const client = { list: async () => failed('Forbidden', 'no') };
  expect(await createTrust({ client, clock })('shop')).toBe(true);
});

it('is looked for once by all that ask at the same time', async () => {
  const api = fakeApi();
  api.put('ConfigMap', BUNDLE);
  const trust = createTrust({ client: api.client, clock: fakeClock() });
  expect(await Promise.all([trust('shop'), trust('shop'), trust('shop')])).toEqual([true, true, true]);
  expect(api.calls).toEqual(['list configmaps portcullis-ca']);
});
