/** An authorizer for tests, whose policy, clock and queue are the test's. */

import { request } from '../../../test/support/decide.ts';
import { bindingPolicy, policyUpdate, sourcePolicy } from '../../../test/support/policy.ts';
import { NOW } from '../../../test/support/verification.ts';
import { finishSteps } from '../../base/steps.ts';
import { manualClock } from '../../base/testing/manual-clock.ts';
import type { Decision } from '../../decision/decision.ts';
import { type Enforcer, prepareEnforcer } from '../../decision/enforcer.ts';
import type { JwtPolicy } from '../../sources/jwt/policy.ts';
import { type AuthorizerParts, createAuthorizer } from '../authorizer.ts';
import { createTokenCache } from '../token-cache.ts';

/** A binding at its defaults, and one source; `checkedAt` in Unix seconds. */
export const enforcerFor = (changes: Partial<JwtPolicy> = {}, checkedAt?: number): Enforcer =>
  finishSteps(
    prepareEnforcer(
      policyUpdate([bindingPolicy()], [sourcePolicy(changes)], {
        keysChecked: new Map(checkedAt === undefined ? [] : [['uid-okta', checkedAt]]),
      }),
    ),
  );

/** An authorizer at a clock that does not move, with a policy that a test may replace. */
export function setUp(parts: Partial<AuthorizerParts> = {}) {
  const clock = manualClock(NOW * 1000);
  const cache = createTokenCache();
  const counts = { hits: 0, misses: 0, queued: 0, refreshes: 0 };
  const errors: unknown[] = [];
  const unspelt: string[] = [];
  const state: { enforcer: Enforcer | undefined } = { enforcer: enforcerFor() };
  const authorize = createAuthorizer({
    enforcer: () => state.enforcer,
    refreshKeys: () => {
      counts.refreshes += 1;
      return undefined;
    },
    cache,
    queue: {
      submit: () => {
        counts.queued += 1;
        return Promise.resolve(true);
      },
    },
    clock,
    metrics: { tokenCacheHit: () => void counts.hits++, tokenCacheMiss: () => void counts.misses++ },
    onUnspelt: (source, claim) => unspelt.push(`${source} ${claim}`),
    onError: (error) => errors.push(error),
    ...parts,
  });
  /** For what must be decided at once. */
  const now = (asked: Parameters<typeof request>[0]): Decision => {
    const decision = authorize(request(asked));
    if (decision instanceof Promise) throw new Error('the decision was not made at once');
    return decision;
  };
  return { authorize, now, clock, cache, counts, errors, unspelt, state };
}
