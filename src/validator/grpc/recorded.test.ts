/** A check over gRPC is counted and logged once, by the decision that Envoy gets. */

import { expect, it, onTestFinished } from 'vitest';
import { decide, enforce, joe, request } from '../../../test/support/decide.ts';
import { bindingPolicy } from '../../../test/support/policy.ts';
import { manualClock } from '../../base/testing/manual-clock.ts';
import type { Decision } from '../../decision/decision.ts';
import { BUDGET_LIMITS, createBudgets } from '../budgets.ts';
import { createCheckQueue } from '../check-queue.ts';
import { createLateness } from '../lateness.ts';
import { check, clientOf } from '../testing/grpc.ts';
import { NO_TRIALS } from '../testing/no-trials.ts';
import { startGrpcService } from './server.ts';

const allowed = decide(enforce(bindingPolicy()), request({ token: joe() }));

async function recordsOf(decision: Decision) {
  const recorded: string[] = [];
  const clock = manualClock();
  const record = (
    { request: { host } }: { request: { host: string } },
    { binding, outcome, reason }: Decision,
  ) => void recorded.push(`${host} ${binding} ${outcome} ${reason}`);
  const ask = createCheckQueue({
    record,
    enforcer: () => undefined,
    authorize: () => decision,
    trials: NO_TRIALS,
    isExplaining: () => false,
    budgets: createBudgets(BUDGET_LIMITS, clock.monotonic),
    lateness: createLateness(),
    metrics: { checkDropped: () => undefined },
    monotonic: clock.monotonic,
    threadTime: clock.threadTime,
    soon: setImmediate,
  });
  const service = await startGrpcService(
    { kind: 'tcp', host: '127.0.0.1', port: 0 },
    { ask, record, onError: () => undefined },
  );
  onTestFinished(() => service.destroy());
  const { answer } = await clientOf(service).ask(check());
  return { recorded, answer };
}

it('an allow', async () => {
  const { recorded, answer } = await recordsOf(allowed);
  expect(recorded).toEqual(['api.example shop/orders allowed authenticated']);
  expect(answer).toHaveProperty('okResponse');
});

it('an allow whose cookies gRPC cannot carry, which is a denial', async () => {
  if (allowed.outcome !== 'allowed') throw new Error('not allowed');
  const { recorded, answer } = await recordsOf({
    ...allowed,
    upstream: { set: [['cookie', 'a=\udce9']], remove: [] },
  });
  expect(recorded).toEqual(['api.example shop/orders denied request_malformed']);
  expect(answer).toHaveProperty('deniedResponse');
});
