/** What the server learns of validators, and does for them. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeClock, fakeClock } from '../../base/testing/clock.ts';
import { serializeRefresh } from '../../policy/envelope.ts';
import { REFRESH_PATH } from '../../policy/exchange.ts';
import { FORMAT } from '../testing/policy-questions.ts';
import { NOW, startPolicyServer, tagOf, updateOf } from '../testing/policy-server.ts';
import { REFRESH_ANSWER_LIMIT } from './refresh.ts';
import { SILENCE } from './registry.ts';

const A = updateOf('a', { checked: NOW / 1000 });
const B = updateOf('b');
const a = A.policy.version;
const b = B.policy.version;

let clock: FakeClock;
let fetch: (uid: string) => Promise<void> | undefined;
let cooldown: number | undefined;
let world: Awaited<ReturnType<typeof startPolicyServer>>;
let token: string;

beforeEach(async () => {
  clock = fakeClock(NOW);
  fetch = () => undefined;
  cooldown = 30;
  world = await startPolicyServer({
    clock,
    refreshKeys: (uid) => fetch(uid),
    refreshCooldown: () => cooldown,
  });
  token = world.admit();
  world.publish(A, 'shop/a');
});
afterEach(async () => {
  await world.server.close();
  expect(world.bugs).toEqual([]);
});

describe('what validators say', () => {
  it('is told once for each change', async () => {
    const told: unknown[] = [];
    world.server.onValidator(
      ({ pod, version, rejected }) => void told.push([pod, version, rejected?.reason]),
    );
    await world.poll(token);
    await world.poll(token, { version: b });
    await world.poll(token, { version: b });
    world.publish(B, 'shop/a');
    await world.poll(token, { version: a });
    expect(told).toEqual([
      ['shop/a', undefined, undefined],
      ['shop/a', b, undefined],
      ['shop/a', a, undefined],
    ]);
  });

  it('rejected: it is not sent again, and is over with the next one', async () => {
    world.publish(B, 'shop/a');
    const held = world.poll(token, { version: a, rejected: b });
    await world.held(1);
    expect(world.said()).toEqual([a, b]);
    expect(world.server.states()).toEqual({ current: 0, behind: 0, rejected: 1 });
    expect(world.lines).toEqual([expect.stringContaining('Validator could not apply its policy')]);
    await clock.advance(10_000);
    expect(await tagOf(held)).toEqual([304, `"${b}"`]);
    world.publish(A, 'shop/a');
    // At once, so that the rejection is taken back.
    expect(await tagOf(world.poll(token, { version: a, rejected: b }))).toEqual([304, `"${a}"`]);
    const last = world.poll(token, { version: a });
    await world.held(1);
    expect(world.said()).toEqual([a, undefined]);
    expect(world.server.states()).toEqual({ current: 1, behind: 0, rejected: 0 });
    world.publish(B, 'shop/a');
    await last;
    expect(world.server.states()).toEqual({ current: 0, behind: 1, rejected: 0 });
  });

  it('is forgotten after a long silence, and not while a question is held', async () => {
    const other = world.admit('shop/b');
    world.publish(A, 'shop/b');
    await world.poll(token);
    await world.poll(other);
    for (let passed = 0; passed <= SILENCE + 10_000; passed += 10_000) {
      const held = world.poll(token, { version: a });
      await world.held(1);
      await clock.advance(10_000);
      await held;
    }
    expect(world.said()).toEqual([a, undefined]);
    expect(world.server.validators.reportOf('shop/b', 'uid-shop/b')).toBeUndefined();
  });

  it('of a gateway is told apart, and begins with a question that waits', async () => {
    const gateway = 'shop/gate';
    const first = world.poll(token, { gateway });
    await world.held(1);
    world.publishTo(gateway, B);
    expect(await tagOf(first)).toEqual([200, `"${b}"`]);
    expect([...world.server.validators.gateways()]).toEqual([gateway]);
    expect(world.server.validators.gatewayPods(gateway)).toEqual(['shop/a']);
  });

  it('of a gateway says whether it was asked to judge, which is remembered', async () => {
    const gateway = 'shop/gate';
    world.publishTo(gateway, B);
    const { wasAsked } = world.server.validators;
    const says = async (asked?: string) => {
      await world.poll(token, { gateway, ...(asked !== undefined && { asked }) });
      return wasAsked(gateway);
    };
    expect(wasAsked(gateway)).toBeUndefined();
    const answers = [await says(), await says('maybe'), await says('false'), await says('true')];
    // A pod that has taken its place, or one of an older version, takes nothing back.
    answers.push(await says('false'), await says());
    expect(answers).toEqual([undefined, undefined, false, true, true, true]);
    expect(wasAsked('shop/other')).toBeUndefined();
  });

  it('a gateway is known to tell routes where all of its validators that say anything say so', async () => {
    const gateway = 'shop/gate';
    world.publishTo(gateway, B);
    const other = world.admit('shop/b');
    const { tellsRoutes } = world.server.validators;
    const says = async (who: string, tells?: string) => {
      await world.poll(who, { gateway, asked: 'true', ...(tells !== undefined && { tellsRoutes: tells }) });
      return tellsRoutes(gateway);
    };
    const first = [
      await says(token),
      await says(token, 'true'),
      await says(other),
      await says(other, 'true'),
    ];
    expect(first).toEqual([undefined, true, true, true]);
    expect([await says(other, 'false'), await says(token, 'true')]).toEqual([false, false]);
    expect(tellsRoutes('shop/other')).toBeUndefined();
    // Who is gone says nothing any more; where nobody says anything, it is as it was.
    await clock.advance(SILENCE / 2);
    expect(await says(token, 'true')).toBe(false);
    await clock.advance(SILENCE / 2 + 10_000);
    expect(await says(token, 'true')).toBe(true);
    expect(await says(token)).toBe(true);
    expect(await says(token, 'maybe')).toBe(true);
  });
});

describe('a report of an unknown kid', () => {
  const report = () => {
    const headers = { ...FORMAT, authorization: `Bearer ${token}` };
    return world.ask({ method: 'POST', path: REFRESH_PATH, headers, body: serializeRefresh('uid-okta') });
  };

  it('is answered with the version that came of it', async () => {
    fetch = async () => world.publish(B, 'shop/a');
    const { status, body } = await report();
    expect([status, JSON.parse(body)]).toEqual([200, { version: b }]);
  });

  it.each([
    ['its own', 7, '7'],
    ['a part of a second', 0.25, '1'],
    ['that of a source that has just gone', undefined, '30'],
  ])('is told the cooldown: %s', async (_, seconds, told) => {
    cooldown = seconds;
    fetch = async () => {};
    expect(await report()).toMatchObject({ status: 200, headers: { 'retry-after': told } });
    fetch = () => undefined;
    await world.poll(token);
    const held = world.poll(token, { version: a });
    await world.held(1);
    expect(await report()).toMatchObject({ status: 429, headers: { 'retry-after': told } });
    await clock.advance(12_000);
    await held;
  });

  it('within the cooldown: 429, unless what was fetched for another one is on its way', async () => {
    const held = world.poll(token, { version: a });
    await world.held(1);
    expect((await report()).status).toBe(429);
    world.write({ pod: 'shop/a', gateway: undefined }, { kind: 'policy', update: B });
    expect(JSON.parse((await report()).body)).toEqual({ version: b });
    world.tell('shop/a');
    await held;
  });

  it('whose fetch does not end: 503', async () => {
    const asked = Promise.withResolvers<void>();
    fetch = () => {
      asked.resolve();
      return new Promise(() => {});
    };
    const reply = report();
    await asked.promise;
    await clock.advance(REFRESH_ANSWER_LIMIT);
    expect((await reply).status).toBe(503);
  });
});
