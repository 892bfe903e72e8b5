/** For tests: one issuer in a time that stands still, and what it says. */

import { onTestFinished } from 'vitest';
import type { ManualClock } from '../../base/testing/manual-clock.ts';
import type { FetchPlan } from '../../keys/plan.ts';
import type { Get } from '../http.ts';
import { createIssuer, type FetchResult, type Issuer, type IssuerState } from '../issuer.ts';
import { testPlan } from './plan.ts';

export interface TestIssuer {
  readonly issuer: Issuer;
  readonly states: readonly IssuerState[];
  readonly results: readonly FetchResult[];
  /** Resolves with the next state that it announces. */
  next(): Promise<IssuerState>;
}

export function runIssuer(clock: ManualClock, get: Get, plan: FetchPlan = testPlan()): TestIssuer {
  const states: IssuerState[] = [];
  const results: FetchResult[] = [];
  let change = Promise.withResolvers<IssuerState>();
  const issuer = createIssuer(plan, {
    get,
    clock,
    random: () => 0,
    onChange: (state) => {
      states.push(state);
      change.resolve(state);
      change = Promise.withResolvers();
    },
    onFetch: (result) => results.push(result),
  });
  onTestFinished(() => issuer.stop());
  return { issuer, states, results, next: () => change.promise };
}
