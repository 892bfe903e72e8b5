import { describe, expect, it } from 'vitest';
import { enforceWithTrials, joe, request } from '../../test/support/decide.ts';
import { any, bindingPolicy, rulePolicy, sourcePolicy } from '../../test/support/policy.ts';
import { publicJwk, token } from '../../test/support/tokens.ts';
import { CLAIMS, NOW } from '../../test/support/verification.ts';
import { manualClock } from '../base/testing/manual-clock.ts';
import type { CheckRequest } from '../decision/decision.ts';
import { createAuthorizer } from './authorizer.ts';
import { BUDGET_LIMITS, createBudgets } from './budgets.ts';
import type { Arrival } from './check.ts';
import { createCheckQueue } from './check-queue.ts';
import { createLateness } from './lateness.ts';
import { createTokenCache } from './token-cache.ts';
import { createTrials, MAX_TRIALS_WAITING } from './trials.ts';
import { createVerificationQueue, queueLimits } from './verification-queue.ts';

const stricter = bindingPolicy(
  { rules: [rulePolicy({ name: 'admins', require: { roles: any('admin') } })] },
  { id: 'shop/stricter' },
);

/** Everything that judges, with a clock and turns that the test moves. */
function setUp(enforcer = enforceWithTrials([bindingPolicy()], [stricter])) {
  const clock = manualClock(NOW * 1000);
  const turns: (() => void)[] = [];
  const events: string[] = [];
  const skipped: string[] = [];
  const errors: unknown[] = [];
  const state = {
    isLate: false,
    verifications: 0,
    fetches: 0,
    cost: 0,
    wait: undefined as Promise<void> | undefined,
  };
  const queue = createVerificationQueue(queueLimits(2), {
    verify: async (job) => {
      state.verifications += 1;
      await state.wait;
      return job.checkSignatureAsync();
    },
    monotonic: clock.monotonic,
    isLate: () => false,
  });
  const soon = (callback: () => void) => void turns.push(callback);
  const common = {
    cache: createTokenCache(),
    ...{ clock, queue },
    enforcer: () => enforcer,
    onUnspelt: () => undefined,
    onError: (error: unknown) => void errors.push(error),
  };
  const trials = createTrials({
    ...common,
    record: (_, { binding }, trial) => {
      clock.compute(state.cost);
      events.push(`${binding} ${trial.verdict} ${trial.reason} ${trial.rule}`);
    },
    budgets: createBudgets(BUDGET_LIMITS, clock.monotonic),
    isLate: () => state.isLate,
    metrics: { trialSkipped: (binding) => void skipped.push(binding) },
    soon,
  });
  const ask = createCheckQueue({
    enforcer: () => enforcer,
    authorize: createAuthorizer({
      ...common,
      metrics: { tokenCacheHit: () => undefined, tokenCacheMiss: () => undefined },
      refreshKeys: () => {
        state.fetches += 1;
        return undefined;
      },
    }),
    record: (_, { outcome, reason }) => void events.push(`recorded ${outcome} ${reason}`),
    trials,
    budgets: createBudgets(BUDGET_LIMITS, clock.monotonic),
    lateness: createLateness(),
    metrics: { checkDropped: () => undefined },
    monotonic: clock.monotonic,
    threadTime: clock.threadTime,
    soon,
  });
  const send = (asked: CheckRequest) => {
    const arrival: Arrival = {
      summary: () => asked,
      read: () => ({ request: asked, client: '192.0.2.1' }),
      isGone: () => false,
      sendable: (decision) => decision,
      reply: ({ outcome }) => void events.push(`answered ${outcome}`),
      fail: (error) => void errors.push(error),
    };
    ask(arrival);
  };
  const turn = () => {
    for (const callback of turns.splice(0)) callback();
  };
  const turnAll = () => {
    while (turns.length > 0) turn();
  };
  return { clock, events, skipped, errors, state, turns, send, turn, turnAll, queue };
}

describe('a Trial', () => {
  it('is judged after the answer has gone, once', () => {
    const { events, errors, send, turnAll } = setUp();
    send(request({ token: joe() }));
    turnAll();
    expect(events).toEqual([
      'recorded allowed authenticated',
      'answered allowed',
      'shop/orders would_deny role_mismatch admins',
    ]);
    expect(errors).toEqual([]);
  });

  it('waits until all checks of the turn are answered', () => {
    const { events, send, turn } = setUp();
    send(request({ token: joe() }));
    send(request({}));
    turn();
    expect(events.filter((event) => event.startsWith('answered'))).toHaveLength(2);
    expect(events).toHaveLength(4);
    turn();
    expect(events).toHaveLength(6);
  });

  it('says nothing where it decides by itself', () => {
    const { events, send, turnAll } = setUp(enforceWithTrials([], [stricter]));
    send(request({ token: joe() }));
    turnAll();
    expect(events).toEqual(['recorded audit_denied role_mismatch', 'answered audit_denied']);
  });

  it('schedules nothing where there is none', () => {
    const { turns, send, turn } = setUp(enforceWithTrials([bindingPolicy()], []));
    send(request({ token: joe() }));
    turn();
    expect(turns).toEqual([]);
  });
});

describe('a token that both judge', () => {
  const dear = token({ alg: 'ES512', claims: CLAIMS });
  const forged = `${dear.slice(0, -8)}AAAAAAAA`;
  const source = sourcePolicy({ keys: { kind: 'public', keys: [publicJwk('ES512')] } });
  const both = () => setUp(enforceWithTrials([bindingPolicy()], [stricter], [source]));

  it.each([
    ['good', dear, 'shop/orders would_deny role_mismatch admins'],
    ['forged', forged, 'shop/orders same signature_invalid admins'],
  ])('is verified once where it is %s', async (_, text, expected) => {
    const { events, state, send, turnAll } = both();
    send(request({ token: text }));
    turnAll();
    await expect
      .poll(() => {
        turnAll();
        return events.at(-1);
      })
      .toBe(expected);
    expect(state.verifications).toBe(1);
  });

  it('of a source that the Trial alone has is verified by that, and costs no decision its turn', async () => {
    const other = sourcePolicy({
      id: 'shop/other',
      uid: 'other',
      keys: source.keys,
      issuers: ['https://other.example'],
    });
    const tried = bindingPolicy(
      {
        sources: ['shop/okta', 'shop/other'],
        rules: [rulePolicy({ name: 'admins', require: { roles: any('admin') } })],
      },
      { id: 'shop/stricter' },
    );
    const enforcer = enforceWithTrials([bindingPolicy()], [tried], [source, other]);
    const { events, skipped, state, send, turnAll, queue } = setUp(enforcer);
    const foreign = token({
      alg: 'ES512',
      claims: { ...CLAIMS, iss: 'https://other.example', groups: ['admin'] },
    });
    send(request({ token: foreign }));
    await expect
      .poll(() => {
        turnAll();
        return events.at(-1);
      })
      .toBe('shop/orders would_allow authenticated admins');
    expect(state.verifications).toBe(1);
    // While a signature is verified for a request, none is for a Trial.
    const second = token({ alg: 'ES512', claims: { ...CLAIMS, iss: 'https://other.example', jti: '2' } });
    let finish = (): void => undefined;
    state.wait = new Promise((resolve) => {
      finish = resolve;
    });
    const job = { source: { uid: 'x' }, checkSignatureAsync: async () => true } as never;
    const waiting = queue.submit(job, { source: 'x', namespace: 'shop', client: '' });
    send(request({ token: second }));
    turnAll();
    await expect.poll(() => skipped).toEqual(['shop/stricter']);
    finish();
    expect(await waiting).toBe(true);
  });
});

it('no keys are fetched for a Trial', () => {
  const anonymous = bindingPolicy({ rules: [rulePolicy({ authentication: 'None' })] });
  const { events, state, send, turnAll } = setUp(enforceWithTrials([anonymous], [stricter]));
  send(request({ token: token({ header: { kid: 'new' }, claims: CLAIMS }) }));
  turnAll();
  expect(events.at(-1)).toBe('shop/orders would_deny key_unknown admins');
  expect(state.fetches).toBe(0);
});

describe('a Trial is passed over, and counted,', () => {
  it('while checks are late', () => {
    const { events, skipped, state, send, turnAll } = setUp();
    state.isLate = true;
    send(request({ token: joe() }));
    turnAll();
    expect(events.at(-1)).toBe('answered allowed');
    expect(skipped).toEqual(['shop/stricter']);
  });

  it('where too many wait', () => {
    const { events, skipped, send, turn, turnAll } = setUp();
    for (let i = 0; i < MAX_TRIALS_WAITING + 3; i++) send(request({ token: joe() }));
    turn();
    expect(skipped).toHaveLength(3);
    turnAll();
    expect(events.filter((event) => event.includes('would_deny'))).toHaveLength(MAX_TRIALS_WAITING);
  });

  it('where it costs more of the thread than it may', () => {
    const { events, skipped, state, send, turnAll } = setUp();
    state.cost = 10;
    for (let i = 0; i < 60; i++) {
      send(request({ token: joe() }));
      turnAll();
    }
    expect(skipped.length).toBeGreaterThan(0);
    // No decision is refused for it.
    expect(events.filter((event) => event === 'answered allowed')).toHaveLength(60);
  });
});
