import { describe, expect, it } from 'vitest';
import { manualClock } from '../../base/testing/manual-clock.ts';
import { serializeRefreshed } from '../../policy/envelope.ts';
import { scriptedTransport, settle } from '../testing/transport.ts';
import {
  createKeyRefresh,
  REFRESH_COOLDOWN,
  REFRESH_FAILURE_COOLDOWN,
  REFRESH_LIMIT,
  SHORTEST_COOLDOWN,
} from './key-refresh.ts';

function setUp() {
  const clock = manualClock();
  const transport = scriptedTransport();
  const delivered: string[] = [];
  const problems: string[] = [];
  let deliver = () => {};
  const keys = createKeyRefresh({
    clock,
    transport,
    delivered: (version) => {
      delivered.push(version);
      return new Promise((resolve) => {
        deliver = resolve;
      });
    },
    onProblem: (topic) => problems.push(topic),
  });
  /** Asks, and tells when that is over. */
  const refresh = (uid = 'a') => {
    const state = { asked: false, over: false };
    const promise = keys.refresh(uid);
    state.asked = promise !== undefined;
    void promise?.then(() => {
      state.over = true;
    });
    return state;
  };
  return { clock, transport, keys, refresh, delivered, problems, deliver: () => deliver() };
}

describe('fresher keys', () => {
  it('are asked for by the UID of the source, and there when their policy is', async () => {
    const { transport, refresh, delivered, deliver } = setUp();
    const state = refresh();
    await settle();
    expect(transport.last.question).toMatchObject({
      method: 'POST',
      pathAndQuery: '/v1/keys/refresh',
      body: '{"source":"a"}',
    });
    transport.last.answer(200, {}, serializeRefreshed('v2'));
    await settle();
    expect([delivered, state.over]).toEqual([['v2'], false]);
    // Keys that are on their way are waited for, whenever somebody asks.
    const meanwhile = refresh();
    expect([meanwhile.asked, transport.asked.length]).toEqual([true, 1]);
    deliver();
    await settle();
    expect([state.over, meanwhile.over]).toEqual([true, true]);
    expect(refresh().asked).toBe(false);
  });

  it('are asked for once at a time and source', async () => {
    const { transport, refresh, keys } = setUp();
    refresh('a');
    refresh('b');
    expect(keys.refresh('a')).toBe(keys.refresh('a'));
    await settle();
    expect(transport.asked.map(({ question }) => question.body)).toEqual([
      '{"source":"a"}',
      '{"source":"b"}',
    ]);
  });

  it.each<[string, number, Readonly<Record<string, string>>, string, number]>([
    ['an answer', 200, {}, serializeRefreshed('v2'), REFRESH_COOLDOWN],
    ['an answer that says when', 200, { 'retry-after': '300' }, serializeRefreshed('v2'), 300],
    ['an answer that says at once', 200, { 'retry-after': '0' }, serializeRefreshed('v2'), SHORTEST_COOLDOWN],
    ['an answer that says never again', 200, { 'retry-after': '999999999' }, serializeRefreshed('v2'), 3600],
    ['too many', 429, { 'retry-after': '7' }, '', 7],
    ['too many without a time', 429, {}, '', REFRESH_COOLDOWN],
    ['a failure', 503, { 'retry-after': '300' }, '', REFRESH_FAILURE_COOLDOWN],
    ['an answer that cannot be read', 200, {}, 'hello', REFRESH_FAILURE_COOLDOWN],
    ['a source that is not ours', 403, {}, '', REFRESH_FAILURE_COOLDOWN],
  ])('are not asked for within the cooldown after %s', async (_, status, headers, body, cooldown) => {
    const { clock, transport, refresh, deliver } = setUp();
    const first = refresh();
    transport.last.answer(status, headers, body);
    await settle();
    deliver();
    await settle();
    expect(first.over).toBe(true);
    clock.advance(cooldown * 1000 - 1);
    expect(refresh().asked).toBe(false);
    expect(refresh('b').asked).toBe(true);
    clock.advance(1);
    expect(refresh().asked).toBe(true);
  });

  it('resolve when nobody can be reached, or nobody answers', async () => {
    const { clock, transport, refresh, problems } = setUp();
    const refused = refresh('a');
    transport.last.fail();
    await settle();
    const silent = refresh('b');
    clock.advance(REFRESH_LIMIT);
    await settle();
    expect([refused.over, silent.over]).toEqual([true, true]);
    expect(problems).toEqual(['keys connection ECONNREFUSED', 'keys late']);
    expect(clock.due().length).toBe(0);
  });

  it('are asked for no more after a stop, and what is under way ends quietly', async () => {
    const { keys, refresh, problems, delivered, clock } = setUp();
    const state = refresh();
    keys.stop();
    await settle();
    expect([state.over, problems, delivered, clock.due().length]).toEqual([true, [], [], 0]);
    clock.advance(REFRESH_FAILURE_COOLDOWN * 1000);
    expect(refresh().asked).toBe(false);
  });
});
