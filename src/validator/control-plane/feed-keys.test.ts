import { describe, expect, it } from 'vitest';
import { sourcePolicy } from '../../../test/support/policy.ts';
import { serializeRefreshed } from '../../policy/envelope.ts';
import { controlPlaneFeed } from '../testing/control-plane-feed.ts';
import { fetched, fieldsOf, key, policyOf, sent } from '../testing/policies.ts';
import { settle } from '../testing/transport.ts';

const UID = 'uid-okta';
const INLINE = sourcePolicy({ id: 'shop/inline', uid: 'uid-inline', issuers: ['https://inline.example'] });
const A = policyOf('a', [fetched(), INLINE]);
const ROTATED = policyOf('a', [fetched({ keys: { kind: 'public', keys: [key('new')] } }), INLINE]);

async function following() {
  const setUp = controlPlaneFeed();
  await setUp.start();
  await setUp.answer(...sent(A));
  const { feed, transport } = setUp;
  /** Asks for keys; `over` tells whether that is over. */
  const refresh = async () => {
    const poll = transport.last;
    const state = { over: false };
    const promise = feed.refreshKeys(UID);
    if (promise === undefined) throw new Error('within the cooldown');
    void promise.then(() => {
      state.over = true;
    });
    await settle();
    return { poll, state, question: transport.last };
  };
  return { ...setUp, refresh };
}

describe('an unknown key', () => {
  it.each([['uid-other'], ['uid-inline'], ['']])('of the source %j is not asked for', async (uid) => {
    const { feed, transport } = await following();
    expect(feed.refreshKeys(uid)).toBeUndefined();
    expect(transport.last.question.method).toBe('GET');
  });

  it('is not asked for before there is a policy', () => {
    expect(controlPlaneFeed().feed.refreshKeys(UID)).toBeUndefined();
  });

  it('is there when the fetch is over: the long poll is cut short', async () => {
    const { refresh, transport, updates, told } = await following();
    const { poll, state, question } = await refresh();
    expect([question.question.body, poll.isOver]).toEqual([`{"source":"${UID}"}`, false]);
    question.answer(200, {}, serializeRefreshed(ROTATED.version));
    await settle();
    expect([poll.signal.aborted, state.over]).toEqual([true, false]);
    expect(told()).toEqual({ version: `"${A.version}"` });
    transport.last.answer(...sent(ROTATED));
    await settle();
    expect([state.over, updates.at(-1)?.policy]).toEqual([true, ROTATED]);
  });

  it('may have come with the long poll already', async () => {
    const { refresh, updates } = await following();
    const { poll, state, question } = await refresh();
    poll.answer(...sent(ROTATED));
    await settle();
    question.answer(200, {}, serializeRefreshed(ROTATED.version));
    await settle();
    expect([state.over, updates.at(-1)?.policy]).toEqual([true, ROTATED]);
  });

  it('may not be there at all: the policy is the same', async () => {
    const { refresh } = await following();
    const { poll, state, question } = await refresh();
    question.answer(200, {}, serializeRefreshed(A.version));
    await settle();
    expect([state.over, poll.signal.aborted]).toEqual([true, false]);
  });

  it('is waited for no longer than the question for the policy takes, whatever it brings', async () => {
    const { refresh, transport, pass } = await following();
    for (const answer of [
      () => transport.last.fail(),
      () => transport.last.answer(...sent(policyOf('b'))),
      () => transport.last.answer(304, fieldsOf(policyOf('b'))),
    ]) {
      const { state, question } = await refresh();
      question.answer(200, { 'retry-after': '1' }, serializeRefreshed(ROTATED.version));
      await settle();
      expect(state.over).toBe(false);
      answer();
      await settle();
      expect(state.over).toBe(true);
      await pass(1000);
    }
  });

  it('cuts a wait between two questions short', async () => {
    const { refresh, fail, transport } = await following();
    await fail();
    const { question } = await refresh();
    question.answer(200, {}, serializeRefreshed(ROTATED.version));
    await settle();
    expect(transport.last.question.method).toBe('GET');
    expect(transport.last.isOver).toBe(false);
  });

  it('is given up at a stop', async () => {
    const { refresh, feed } = await following();
    const { state, question } = await refresh();
    question.answer(200, {}, serializeRefreshed(ROTATED.version));
    await settle();
    feed.stop();
    await settle();
    expect(state.over).toBe(true);
  });
});
