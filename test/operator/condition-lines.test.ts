/** Lines of changed conditions in the operator's log: each change once, and nothing after a restart where nothing has changed. */

import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Operator, startWorld, type World } from './harness.ts';
import { binding, ENABLED, namespace, service, source } from './objects.ts';

const SOON = { timeout: 50_000, interval: 100 };

let world: World;

beforeAll(async () => {
  world = await startWorld({ namespaces: [namespace('shop', ENABLED)] });
  await world.apply(
    ...[source('shop/keys'), service('shop/orders'), binding('shop/orders')],
    binding('shop/returns'),
  );
});
afterAll(() => world?.stop());

const changes = (operator: Operator): readonly string[] =>
  operator
    .lines()
    .filter(({ msg }) => msg === 'Condition changed')
    .map(({ name, type, from, to, reason }) => `${name} ${type} ${from} ${to} ${reason}`);

/** All objects have been looked at. */
const settled = (operator: Operator) =>
  vi.waitFor(async () => {
    const page = await operator.page('/metrics');
    for (const wanted of SHOWN) expect(page).toContain(wanted);
  }, SOON);

const SHOWN = [
  'portcullis_source_condition{namespace="shop",source="keys",type="Ready",status="True"} 1',
  'portcullis_binding_condition{namespace="shop",binding="orders",type="Ready",status="True"} 1',
  'portcullis_binding_condition{namespace="shop",binding="returns",type="Ready",status="False"} 1',
];

it('are written once for each change, and not again after a restart', async () => {
  const first = await world.start();
  await settled(first);
  expect(changes(first)).toContain('returns Ready Unknown False TargetNotFound');
  expect(changes(first)).toContain('keys Ready Unknown True Ready');
  await world.board.shows('ApiBinding', 'shop/returns', { Ready: 'False TargetNotFound' });
  await world.board.shows('ApiBinding', 'shop/orders', { Ready: 'True Ready' });
  await world.board.shows('AuthenticationSource', 'shop/keys', { Ready: 'True Ready' });
  await first.stop();

  const second = await world.start();
  await settled(second);
  expect(changes(second)).toEqual([]);
  await world.apply(service('shop/returns'));
  await vi.waitFor(() => expect(changes(second)).toContain('returns Accepted False True Accepted'), SOON);
});
