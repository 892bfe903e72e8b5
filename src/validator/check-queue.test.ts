import { describe, expect, it } from 'vitest';
import { decide } from '../../test/support/decide.ts';
import { bindingPolicy, policyUpdate, rulePolicy, sourcePolicy } from '../../test/support/policy.ts';
import { finishSteps } from '../base/steps.ts';
import { manualClock } from '../base/testing/manual-clock.ts';
import type { Decision } from '../decision/decision.ts';
import { prepareEnforcer } from '../decision/enforcer.ts';
import { createBudgets } from './budgets.ts';
import type { Arrival } from './check.ts';
import { createCheckQueue, MAX_WAIT, MAX_WAITING } from './check-queue.ts';
import { createLateness } from './lateness.ts';
import { NO_TRIALS } from './testing/no-trials.ts';

const open = { rules: [rulePolicy({ authentication: 'None' })] };
const binding = (name: string, mode: 'Enforce' | 'Audit' | 'Disabled' = 'Enforce') =>
  bindingPolicy(open, { id: `shop/${name}`, hosts: [`${name}.example`], mode });

const enforcer = finishSteps(
  prepareEnforcer(
    policyUpdate(
      [binding('dear'), binding('cheap'), binding('audited', 'Audit'), binding('disabled', 'Disabled')],
      [sourcePolicy()],
    ),
  ),
);

/** A queue whose checks cost as many milliseconds as their path says. */
function setUp() {
  const clock = manualClock();
  const turns: (() => void)[] = [];
  const read: string[] = [];
  const refused: string[] = [];
  let dropped = 0;
  const ask = createCheckQueue({
    enforcer: () => enforcer,
    authorize: (request) => {
      clock.compute(Number(request.pathAndQuery.slice(1)));
      return decide(enforcer, request);
    },
    record: (_, { binding, reason }) => {
      if (reason === 'overloaded') refused.push(`${binding} ${reason}`);
    },
    trials: NO_TRIALS,
    isExplaining: () => false,
    budgets: createBudgets({ free: 0.1, maxCharge: 10, share: 0.1, burst: 50 }, clock.monotonic),
    lateness: createLateness(),
    metrics: { checkDropped: () => void dropped++ },
    monotonic: clock.monotonic,
    threadTime: clock.threadTime,
    soon: (callback) => turns.push(callback),
  });
  const arrival = (
    name: string,
    cost: number,
    state: { isGone?: boolean; reply?: (decision: Decision) => void },
  ) => {
    const line = {
      method: 'GET',
      host: `${name}.example`,
      pathAndQuery: `/${cost}`,
      headers: {},
      port: undefined,
    };
    const arrived: Arrival = {
      summary: () => line,
      read: () => {
        read.push(name);
        return { request: line, client: undefined };
      },
      isGone: () => state.isGone === true,
      sendable: (decision) => decision,
      reply: state.reply ?? (() => undefined),
      fail: (error) => {
        throw error;
      },
    };
    return arrived;
  };
  /** What the check is answered, once it is. */
  const send = (name: string, cost = 0) => {
    const answers: string[] = [];
    ask(arrival(name, cost, { reply: ({ outcome, reason }) => void answers.push(`${outcome} ${reason}`) }));
    return answers;
  };
  const turn = () => turns.shift()?.();
  const run = () => {
    while (turns.length > 0) turn();
  };
  /** A second in which the dear host is asked for the tenth part of a second's computing, at `rate` times that. */
  const flood = (rate: number) => {
    const answers: string[][] = [];
    for (let i = 0; i < 20 * rate; i++) {
      answers.push(send('dear', 5));
      for (let n = 0; n < 4; n++) send('cheap');
      const begun = clock.monotonic();
      run();
      const rest = 50 / rate - (clock.monotonic() - begun);
      if (rest > 0) clock.advance(rest);
    }
    return answers.flat();
  };
  return { clock, ask, arrival, send, turn, run, flood, read, refused, dropped: () => dropped, turns };
}

const ALLOWED = 'allowed anonymous';
const OVERLOADED = 'denied overloaded';
const count = (answers: readonly string[], answer: string) => answers.filter((one) => one === answer).length;

it('checks are answered in their order, not before connections were listened to', () => {
  const { send, turn, read, turns } = setUp();
  const answers = [send('cheap'), send('dear'), send('cheap')];
  expect([read, turns.length]).toEqual([[], 1]);
  turn();
  expect(read).toEqual(['cheap', 'dear', 'cheap']);
  expect(answers).toEqual([[ALLOWED], [ALLOWED], [ALLOWED]]);
  expect(turns).toEqual([]);
});

it('connections are listened to again after each dear check', () => {
  const { send, turn, read } = setUp();
  for (let i = 0; i < 3; i++) send('dear', 5);
  turn();
  expect(read).toHaveLength(1);
  turn();
  expect(read).toHaveLength(2);
});

it('a check whose caller is gone is not judged, whenever it went', () => {
  const { ask, arrival, send, turn, run, read, dropped } = setUp();
  const state = { isGone: false };
  send('dear', 5);
  ask(arrival('cheap', 0, state));
  send('cheap');
  turn();
  state.isGone = true;
  run();
  expect([read, dropped()]).toEqual([['dear', 'cheap'], 1]);
});

it('a check that waited too long is refused unread, and counted', () => {
  const { clock, send, run, read, refused } = setUp();
  const late = send('cheap');
  clock.advance(MAX_WAIT + 1);
  run();
  expect([late, read, refused]).toEqual([[OVERLOADED], [], ['shop/cheap overloaded']]);
  const onTime = send('cheap');
  clock.advance(MAX_WAIT - 1);
  run();
  expect(onTime).toEqual([ALLOWED]);
});

it('past a number that waits, checks are refused at once', () => {
  const { send, run } = setUp();
  const waiting = Array.from({ length: MAX_WAITING }, () => send('cheap'));
  const further = send('cheap');
  expect([waiting.flat(), further]).toEqual([[], [OVERLOADED]]);
  run();
  expect(count(waiting.flat(), ALLOWED)).toBe(MAX_WAITING);
  expect(send('cheap')).toEqual([]);
});

describe('a binding that costs too much', () => {
  it('is refused past its share while others wait for it, and they are not', () => {
    const { flood, refused, send, run } = setUp();
    flood(4); // Uses up what it has saved.
    const answers = flood(4);
    expect(count(answers, ALLOWED)).toBeGreaterThanOrEqual(18);
    expect(count(answers, ALLOWED)).toBeLessThanOrEqual(24);
    expect(count(answers, ALLOWED) + count(answers, OVERLOADED)).toBe(80);
    expect(new Set(refused)).toEqual(new Set(['shop/dear overloaded']));
    const other = send('cheap');
    run();
    expect(other).toEqual([ALLOWED]);
  });

  it('is not refused within its share', () => {
    const { flood, refused } = setUp();
    for (let second = 0; second < 10; second++) flood(1);
    expect(refused).toEqual([]);
  });

  it('is not refused where there is nobody else to wait for it', () => {
    const { clock, send, run, refused } = setUp();
    for (let i = 0; i < 1000; i++) {
      send('dear', 5);
      send('dear', 5);
      run();
      clock.advance(1);
    }
    expect(refused).toEqual([]);
  });

  it('is not refused where all that wait are its own, of little cost each', () => {
    const { clock, send, run, refused } = setUp();
    for (let i = 0; i < 200; i++) {
      for (let n = 0; n < 100; n++) send('dear', n < 50 ? 0 : 0.5);
      run();
      clock.advance(1);
    }
    expect(refused).toEqual([]);
  });

  it('is not refused while nobody waits, whatever it costs', () => {
    const { clock, send, run, refused } = setUp();
    for (let i = 0; i < 400; i++) {
      send('dear', 5);
      run();
      clock.advance(5);
      for (let n = 0; n < 10; n++) send('cheap');
      run();
    }
    expect(refused).toEqual([]);
  });

  it('is answered again when the flood is over', () => {
    const { clock, flood, send, run } = setUp();
    for (let second = 0; second < 5; second++) flood(8);
    clock.advance(1000);
    const after = send('dear');
    run();
    expect(after).toEqual([ALLOWED]);
  });
});

it.each([
  ['audited', 'audit_denied overloaded'],
  ['disabled', 'allowed disabled'],
])('the mode of an %s binding lets pass what came too late', (name, expected) => {
  const { clock, send, run } = setUp();
  const answers = send(name);
  clock.advance(MAX_WAIT + 1);
  run();
  expect(answers).toEqual([expected]);
});
