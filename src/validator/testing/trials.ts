/** A Trial beside a binding that decides, with everything that judges them, for tests that move clock and turns. */

import { enforceWithTrials } from '../../../test/support/decide.ts';
import { any, bindingPolicy, rulePolicy } from '../../../test/support/policy.ts';
import { NOW } from '../../../test/support/verification.ts';
import { manualClock } from '../../base/testing/manual-clock.ts';
import type { CheckRequest } from '../../decision/decision.ts';
import type { TrialDecision } from '../../decision/trial-decision.ts';
import type { TracedStep } from '../../explain/judgement.ts';
import { madeTrialSteps } from '../../explain/made.ts';
import { createAuthorizer } from '../authorizer.ts';
import { BUDGET_LIMITS, createBudgets } from '../budgets.ts';
import type { Arrival } from '../check.ts';
import { createCheckQueue } from '../check-queue.ts';
import { createLateness } from '../lateness.ts';
import { createTokenCache } from '../token-cache.ts';
import { createTrials } from '../trials.ts';
import { createVerificationQueue, queueLimits } from '../verification-queue.ts';

/** Takes admins alone. */
export const STRICTER = bindingPolicy(
  { rules: [rulePolicy({ name: 'admins', require: { roles: any('admin') } })] },
  { id: 'shop/stricter' },
);

export function setUpTrials(enforcer = enforceWithTrials([bindingPolicy()], [STRICTER])) {
  const clock = manualClock(NOW * 1000);
  const turns: (() => void)[] = [];
  const events: string[] = [];
  const skipped: string[] = [];
  const tried: { readonly trial: TrialDecision; readonly steps: readonly TracedStep[] }[] = [];
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
    record: (check, trial, from) => {
      clock.compute(state.cost);
      events.push(`${trial.binding} ${trial.verdict} ${trial.reason} ${trial.rule}`);
      tried.push({ trial, steps: madeTrialSteps(check.request, trial, from) });
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
    isExplaining: () => false,
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
  return { clock, events, tried, skipped, errors, state, turns, send, turn, turnAll, queue };
}
