/** --watch-namespaces: an operator that sees some namespaces only, with Roles and no ClusterRole at all. */

import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { VERSION } from '../../src/telemetry/version.ts';
import { type Operator, startWorld, type World } from './harness.ts';
import { binding, ENABLED, hmac, namespace, pod, secret, service, source } from './objects.ts';
import { HOME } from './rights.ts';
import { askPolicy, startValidator, tokenOf, type Validator } from './validator.ts';

let world: World;
let operator: Operator;
let validator: Validator;

const WATCHED = ['shop', 'identity'];

beforeAll(async () => {
  world = await startWorld({
    namespaces: [namespace('shop', ENABLED), namespace('identity'), namespace('other', ENABLED)],
    watched: WATCHED,
    secretsIn: ['shop'],
  });
  operator = await world.start('--watch-namespaces', WATCHED.join(','));
});
afterAll(async () => {
  await validator?.stop();
  await world?.stop();
});

it('follows, guards and tells in these namespaces', async () => {
  await world.apply(
    secret('shop/hs', 'x'.repeat(64)),
    source('shop/hs', hmac('hs')),
    source('identity/keys', {}, { allowedNamespaces: { from: 'All' } }),
    service('shop/orders'),
    binding('shop/orders', { sources: [{ name: 'hs' }, { name: 'keys', namespace: 'identity' }] }),
    pod('shop/orders-1', { app: 'orders', injected: VERSION }),
  );
  // There is no Node, and none may be read: pods count by their own word.
  await world.ready('Pod', 'shop/orders-1');
  validator = await startValidator(world, operator, 'shop/orders-1');
  await validator.until('both sources', ({ policy }) => policy.sources.length === 2);
  await world.board.shows('ApiBinding', 'shop/orders', {
    Ready: 'True Ready',
    Programmed: 'True Programmed',
  });
  await world.board.until('events', () => (world.board.events('shop/orders').length > 0 ? true : undefined));
});

it('publishes its CA there, and touches no other namespace', async () => {
  const text = await world.kubectl(
    'get',
    'configmaps',
    '-A',
    '--field-selector=metadata.name=portcullis-ca',
    '-o',
    'name',
    '--no-headers',
    '-o',
    'custom-columns=NS:.metadata.namespace',
  );
  expect(text.trim().split('\n').sort()).toEqual([...WATCHED, HOME].sort());
  await world.apply(source('other/keys'), service('other/orders'), binding('other/orders'));
  // A later object of its own is seen, and so would have been that one.
  await world.apply(service('shop/later'), binding('shop/later', { sources: [{ name: 'hs' }] }));
  await world.board.shows('ApiBinding', 'shop/later', { Ready: 'True Ready' });
  expect(await world.columns('authsource,apibinding', '-n', 'other', '--no-headers')).toEqual([
    'authenticationsource.portcullis.dev/keys Unknown Pending https://other/keys.example',
    'apibinding.portcullis.dev/orders Unknown Pending',
  ]);
});

it('gives a policy to nobody but pods that live there', async () => {
  await world.apply(pod('shop/orders-2', { app: 'orders' }), pod('other/orders-1', { app: 'orders' }));
  const bound = (id: string, audience = 'portcullis') => tokenOf(world, id, audience);
  const unbound = await world.kubectl('create', 'token', 'default', '-n', 'shop', '--audience=portcullis');
  const [good, foreign, wrong] = [
    await bound('shop/orders-2'),
    await bound('other/orders-1'),
    await bound('shop/orders-2', 'vault'),
  ];
  const policyFor = (token: string) => askPolicy(world, operator, token);
  // The pod may still be on its way to the cache.
  await vi.waitFor(async () => expect((await policyFor(good)).status).toBe(200), { timeout: 30_000 });
  expect(await policyFor(wrong)).toMatchObject({ status: 401, body: expect.stringContaining('audience') });
  expect(await policyFor(unbound.trim())).toMatchObject({ status: 403 });
  expect(await policyFor(foreign)).toMatchObject({ status: 404 });
  // The last character of a signature may hold bits that nobody reads; not so the one before.
  const forged = good.replace(/.(.)$/, (all, last) => `${all.startsWith('A') ? 'B' : 'A'}${last}`);
  expect(await policyFor(forged)).toMatchObject({ status: 401 });

  await world.removePod('shop/orders-2');
  await vi.waitFor(async () => expect((await policyFor(good)).status).toBe(404), { timeout: 30_000 });
  // Another of its name is another one.
  await world.apply(pod('shop/orders-2', { app: 'orders' }));
  await vi.waitFor(async () => expect((await policyFor(good)).status).toBe(403), { timeout: 30_000 });
  expect((await policyFor(await bound('shop/orders-2'))).status).toBe(200);
});

it('asks for nothing that it may not have', () => {
  const problems = operator.lines().filter(({ level }) => Number(level) >= 40);
  expect(problems.map(({ msg }) => msg).filter((message) => message !== 'Caller was refused')).toEqual([]);
});
