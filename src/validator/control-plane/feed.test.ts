import { describe, expect, it } from 'vitest';
import { controlPlaneFeed, followingFeed, type SetUp } from '../testing/control-plane-feed.ts';
import { fetched, fieldsOf, policyOf, sent, UNAVAILABLE } from '../testing/policies.ts';
import { settle } from '../testing/transport.ts';
import { BODY_LIMIT, HEAD_LIMIT } from './poll.ts';

const A = policyOf('a');
const B = policyOf('b');
const NOW = 1_800_000_000;

/** In force, and being asked about anew. */
const following = (options?: SetUp) => followingFeed(sent(A, { 'uid-okta': NOW - 60 }), options);

describe('following', () => {
  it('starts while nobody answers, and has no policy then', async () => {
    const { start, updates, transport, fail, told } = controlPlaneFeed();
    await start();
    expect(transport.last.question).toMatchObject({
      method: 'GET',
      pathAndQuery: '/v1/policy',
      headers: { 'portcullis-policy-format': '1' },
    });
    expect(told()).toEqual({});
    await fail();
    expect(updates).toEqual([]);
  });

  it('asks again at once where nothing guards the pod so far and the question was held', async () => {
    const { start, transport, answer, pass } = controlPlaneFeed();
    await start();
    for (let i = 2; i < 6; i++) {
      await pass(10_000);
      await answer(404);
      expect(transport.asked).toHaveLength(i);
    }
    await answer(404);
    expect(transport.asked).toHaveLength(5);
  });

  it('says at a gateway whether it has been asked to judge a request, and beside an app nothing', async () => {
    for (const asked of [false, true]) {
      const heard = { wasAsked: asked, tellsRoutes: undefined };
      const { start, transport } = controlPlaneFeed({ gateway: 'shop/edge', heard });
      await start();
      expect(transport.last.question.headers['portcullis-asked']).toBe(String(asked));
      expect(transport.last.question.headers).not.toHaveProperty('portcullis-tells-routes');
    }
    const beside = controlPlaneFeed({ heard: { wasAsked: true, tellsRoutes: true } });
    await beside.start();
    expect(beside.transport.last.question.headers).not.toHaveProperty('portcullis-asked');
    expect(beside.transport.last.question.headers).not.toHaveProperty('portcullis-tells-routes');
  });

  it('says at a gateway whether that says which route matched', async () => {
    for (const tellsRoutes of [false, true]) {
      const heard = { wasAsked: true, tellsRoutes };
      const { start, transport } = controlPlaneFeed({ gateway: 'shop/edge', heard });
      await start();
      expect(transport.last.question.headers['portcullis-tells-routes']).toBe(String(tellsRoutes));
    }
  });

  it('names its gateway', async () => {
    const { start, transport } = controlPlaneFeed({ gateway: 'shop/edge' });
    await start();
    expect(transport.last.question.pathAndQuery).toBe('/v1/policy?gateway=shop%2Fedge');
  });

  it('enforces what is sent, and says so at once', async () => {
    const { updates, told, transport, answer, saved } = await following();
    expect(updates).toMatchObject([
      { policy: A, secrets: new Map(), keysChecked: new Map([['uid-okta', NOW - 60]]) },
    ]);
    expect(told()).toEqual({ version: `"${A.version}"` });
    await answer(...sent(B, {}, { s: new Uint8Array([1]) }));
    expect(updates[1]).toMatchObject({ policy: B, secrets: new Map([['s', new Uint8Array([1])]]) });
    expect(told()).toEqual({ version: `"${B.version}"` });
    expect([transport.asked.length, saved.length]).toEqual([3, 2]);
  });

  it('goes back to an older policy when that is what is sent', async () => {
    const { answer, inForce } = await following();
    await answer(...sent(B));
    await answer(...sent(A));
    expect(inForce()).toBe(A.version);
  });

  it('hands on newer times of keys, and nothing where nothing is new', async () => {
    const { answer, updates, pass, saved } = await following();
    await pass(10_000);
    await answer(304, fieldsOf(A, { 'uid-okta': NOW - 60 }));
    expect(updates).toHaveLength(1);
    await pass(10_000);
    await answer(304, fieldsOf(A, { 'uid-okta': NOW - 10 }));
    expect(updates[1]?.keysChecked.get('uid-okta')).toBe(NOW - 10);
    expect(updates[1]?.policy).toBe(updates[0]?.policy);
    expect(saved.at(-1)?.confirmedAt).toBe(NOW + 20);
  });

  it('keeps the keys that a new leader has not got yet', async () => {
    const { answer, updates, told } = await following();
    const sentWithout = policyOf('a', [fetched(UNAVAILABLE)]);
    await answer(...sent(sentWithout));
    expect(updates[1]?.policy.sources).toEqual([fetched()]);
    expect(updates[1]?.keysChecked.get('uid-okta')).toBe(NOW - 60);
    expect(told()).toEqual({ version: `"${sentWithout.version}"` });
  });

  it('does not storm a server that does not hold its questions', async () => {
    const { answer, transport, pass } = await following();
    for (let times = 0; times < 10; times++) {
      const before = transport.asked.length;
      if (times % 2 === 0) await answer(304, fieldsOf(A));
      else await answer(...sent(A));
      expect(transport.asked.length).toBe(before);
      await pass(750);
      expect(transport.asked.length).toBe(before + 1);
    }
  });

  it('comes back after a while to a server that closes the connection', async () => {
    const { answer, transport, pass } = await following();
    await pass(9000);
    await answer(304, { ...fieldsOf(A), connection: 'close' });
    expect(transport.asked).toHaveLength(2);
    await pass(499);
    expect(transport.asked).toHaveLength(2);
    await pass(1);
    expect(transport.asked).toHaveLength(3);
  });

  it('says nothing more after a stop, and nothing waits any more', async () => {
    const { feed, transport, clock, updates, lines } = await following();
    const before = lines.length;
    feed.stop();
    await settle();
    expect(transport.last.isOver).toBe(true);
    expect([clock.due().length, updates.length, lines.length]).toEqual([0, 1, before]);
    expect(feed.refreshKeys('uid-okta')).toBeUndefined();
  });

  it.each([
    ['can', () => {}],
    [
      'cannot',
      () => {
        throw new Error('a bug');
      },
    ],
  ])('does nothing more after a stop while a policy is prepared that %s be enforced', async (_, end) => {
    const prepared = Promise.withResolvers<void>();
    const { feed, answer, clock, lines, saved, transport } = await following({
      onUpdate: async (update) => {
        if (update?.policy.version !== B.version) return;
        await prepared.promise;
        end();
      },
    });
    const before = [lines.length, saved.length, transport.asked.length];
    await answer(...sent(B));
    feed.stop();
    prepared.resolve();
    await settle();
    expect([lines.length, saved.length, transport.asked.length]).toEqual(before);
    expect(clock.due().length).toBe(0);
  });

  it('ends while it waits to ask again', async () => {
    const { feed, fail, clock, transport } = await following();
    await fail();
    feed.stop();
    await settle();
    expect([clock.due().length, transport.asked.length]).toEqual([0, 2]);
  });
});

describe('what goes wrong', () => {
  it('is told once a kind, and when it is over; meanwhile all stays as it was', async () => {
    const { fail, answer, pass, lines, inForce, transport } = await following();
    for (let times = 0; times < 5; times++) {
      await fail();
      await pass(15_000);
      await answer(503, { 'retry-after': '1' });
      await pass(15_000);
    }
    expect(lines).toEqual([
      'the control plane: connection ECONNREFUSED',
      'the control plane has no leader that could answer (status 503)',
    ]);
    expect([inForce(), transport.renewals]).toEqual([A.version, 10]);
    await answer(304, fieldsOf(A));
    expect(lines.at(-1)).toBe('the control plane answers again');
    expect(lines).toHaveLength(3);
  });

  it('makes it ask ever more rarely, and from the beginning after an answer', async () => {
    const { fail, answer, pass, transport, clock } = await following();
    for (const wait of [125, 250, 500, 1000, 2000, 2000, 2000]) {
      const before = transport.asked.length;
      await fail();
      await pass(wait - 1);
      expect(transport.asked.length).toBe(before);
      await pass(1);
      expect(transport.asked.length).toBe(before + 1);
    }
    clock.advance(9000);
    await answer(304, fieldsOf(A));
    await fail();
    const before = transport.asked.length;
    await pass(125);
    expect(transport.asked.length).toBe(before + 1);
  });

  it('may be that nobody is at the other end', async () => {
    const { pass, lines, transport } = await following();
    await pass(HEAD_LIMIT - 1);
    expect(transport.last.isOver).toBe(false);
    await pass(1);
    expect(transport.last.isOver).toBe(true);
    expect(lines).toEqual(['the control plane: silent (no answer within 15 s)']);
    await pass(125);
    expect(transport.asked).toHaveLength(3);
    expect(BODY_LIMIT).toBe(30_000);
  });
});

it('only once is a stop enough while the disk is read', async () => {
  const { feed, start, transport, updates } = controlPlaneFeed();
  const starting = start();
  feed.stop();
  await starting;
  expect([transport.asked.length, updates.length]).toEqual([0, 0]);
});
