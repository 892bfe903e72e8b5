/** Many refusals of one address: they are told later, and whoever has a good token is answered as before. */

import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FakeClock, fakeClock } from '../../base/testing/clock.ts';
import { FORMAT } from '../testing/policy-questions.ts';
import { NOW, startPolicyServer, tokenFor, updateOf } from '../testing/policy-server.ts';
import { BURST, HOLD } from './connection-limits.ts';

let clock: FakeClock;
let world: Awaited<ReturnType<typeof startPolicyServer>>;
let token: string;

beforeEach(async () => {
  clock = fakeClock(NOW);
  world = await startPolicyServer({ clock });
  token = world.admit();
  world.publish(updateOf('a'), 'shop/a');
});
afterEach(async () => {
  await world.server.close();
  expect(world.bugs).toEqual([]);
});

const statuses = async (replies: readonly ReturnType<typeof world.poll>[]) =>
  new Set((await Promise.all(replies)).map(({ status }) => status));

it('past some of them a stranger waits, and nobody else does', async () => {
  const forged = Array.from({ length: BURST }, (_, i) => world.poll(tokenFor({ id: `${i}` })));
  expect(await statuses(forged)).toEqual(new Set([401]));
  const before = clock.due().length;
  const late = [world.poll(tokenFor({ id: 'late' })), world.ask({ headers: FORMAT })];
  await expect.poll(() => clock.due().length).toBe(before + 2);
  expect((await world.poll(token)).status).toBe(200);
  await clock.advance(HOLD);
  expect(await statuses(late)).toEqual(new Set([401]));
});

it('a stranger that goes away takes its wait along', async () => {
  const forged = Array.from({ length: BURST }, (_, i) => world.poll(tokenFor({ id: `${i}` })));
  await Promise.all(forged);
  const before = clock.due().length;
  const gone = new AbortController();
  const late = world.poll(tokenFor({ id: 'late' }), { signal: gone.signal });
  await expect.poll(() => clock.due().length).toBe(before + 1);
  gone.abort();
  await expect(late).rejects.toThrow('abort');
  await expect.poll(() => clock.due().length).toBe(before);
});
