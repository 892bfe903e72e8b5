/** The long poll over a real connection, at a clock that stands still. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeClock, fakeClock, settle } from '../../base/testing/clock.ts';
import { NOW, startPolicyServer, tagOf, updateOf } from '../testing/policy-server.ts';

const A = updateOf('a', { checked: NOW / 1000 });
const B = updateOf('b');
const a = A.policy.version;
const b = B.policy.version;

let clock: FakeClock;
let world: Awaited<ReturnType<typeof startPolicyServer>>;
let token: string;

beforeEach(async () => {
  clock = fakeClock(NOW);
  world = await startPolicyServer({ clock });
  token = world.admit();
  world.publish(A, 'shop/a');
});
afterEach(async () => {
  await world.server.close();
  expect(world.bugs).toEqual([]);
});

describe('a question', () => {
  it('whose policy is there is answered at once, and held otherwise, until the time is up', async () => {
    expect(await tagOf(world.poll(token))).toEqual([200, `"${a}"`]);
    expect(await tagOf(world.poll(token, { version: b }))).toEqual([200, `"${a}"`]);
    const held = world.poll(token, { version: a });
    await world.held(1);
    await clock.advance(9999);
    expect(world.server.polls()).toBe(1);
    await clock.advance(1);
    const { status, headers } = await held;
    expect([status, headers.etag, headers['portcullis-policy-format']]).toEqual([304, `"${a}"`, '1']);
    expect(headers['portcullis-keys-checked']).toBe(`uid-okta=${NOW / 1000}`);
    expect(headers.connection).toBe('keep-alive');
  });

  it('is woken by a change of its own policy alone', async () => {
    const other = world.admit('shop/b');
    world.publish(A, 'shop/b');
    const [mine, others] = [world.poll(token, { version: a }), world.poll(other, { version: a })];
    await world.held(2);
    world.publish(B, 'shop/a');
    expect(await tagOf(mine)).toEqual([200, `"${b}"`]);
    expect(world.server.polls()).toBe(1);
    world.publish(B, 'shop/b');
    await others;
  });

  it('gets the last of changes that come together', async () => {
    const held = world.poll(token, { version: a });
    await world.held(1);
    world.publish(B, 'shop/a');
    world.publish(A, 'shop/a');
    world.publish(updateOf('c'), 'shop/a');
    expect(await tagOf(held)).toEqual([200, `"${updateOf('c').policy.version}"`]);
  });

  it.each([
    ['a quarter of maxStale', 21_600, 200],
    ['less', 21_599, 0],
  ])('is answered early when keys were checked again after %s', async (_, seconds, early) => {
    const held = world.poll(token, { version: a });
    await world.held(1);
    world.publish(updateOf('a', { checked: NOW / 1000 + seconds }), 'shop/a');
    await settle();
    expect(world.server.polls()).toBe(early === 0 ? 1 : 0);
    await clock.advance(10_000);
    const { status, headers } = await held;
    expect([status, headers['portcullis-keys-checked']]).toEqual([304, `uid-okta=${NOW / 1000 + seconds}`]);
  });

  it('of a pod that nothing guards waits, and what was in force before is taken back', async () => {
    world.write({ pod: 'shop/a', gateway: undefined }, { kind: 'unbound' });
    const waiting = world.poll(token);
    await world.held(1);
    const { status, headers, body } = await world.poll(token, { version: a });
    expect([status, JSON.parse(body)]).toMatchObject([
      200,
      { policy: { bindings: [], sources: [] }, secrets: {} },
    ]);
    const empty = headers.etag?.slice(1, -1) ?? '';
    const held = world.poll(token, { version: empty });
    await world.held(2);
    world.publish(A, 'shop/a');
    expect(await tagOf(waiting)).toEqual([200, `"${a}"`]);
    expect(await tagOf(held)).toEqual([200, `"${a}"`]);
  });

  it('of a pod that nothing guards ends with 404', async () => {
    world.write({ pod: 'shop/a', gateway: undefined }, { kind: 'unbound' });
    const waiting = world.poll(token);
    await world.held(1);
    await clock.advance(10_000);
    expect((await waiting).status).toBe(404);
  });

  it('of a pod that goes ends, and the pod is forgotten', async () => {
    const held = world.poll(token, { version: a });
    await world.held(1);
    expect(world.said()).toEqual([a, undefined]);
    world.pods.delete('shop/a');
    world.tell('shop/a');
    expect((await held).status).toBe(404);
    expect(world.said()).toEqual([undefined, undefined]);
  });

  it('beyond two of one pod ends the oldest', async () => {
    const oldest = world.poll(token, { version: a });
    await world.held(1);
    const others = [world.poll(token, { version: a }), world.poll(token, { version: a })];
    expect(await tagOf(oldest)).toEqual([304, `"${a}"`]);
    await world.held(2);
    world.publish(B, 'shop/a');
    await Promise.all(others);
  });

  it('that nobody waits for any more is dropped', async () => {
    const leaving = new AbortController();
    const held = world.poll(token, { version: a, signal: leaving.signal }).catch(() => 'gone');
    await world.held(1);
    leaving.abort();
    expect(await held).toBe('gone');
    await world.held(0);
    expect(clock.due().every((due) => due === 10_000)).toBe(true);
  });
});
