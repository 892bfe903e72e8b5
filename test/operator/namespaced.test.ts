/** --watch-namespaces: an operator that sees some namespaces only, with Roles in place of a ClusterRole for objects. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { VERSION } from '../../src/telemetry/version.ts';
import { type Operator, startWorld, type World } from './harness.ts';
import { binding, ENABLED, hmac, namespace, pod, secret, service, source } from './objects.ts';
import { HOME } from './rights.ts';
import { startValidator, type Validator } from './validator.ts';

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

it('asks for nothing that it may not have', () => {
  expect(operator.lines().filter(({ level }) => Number(level) >= 40)).toEqual([]);
});
