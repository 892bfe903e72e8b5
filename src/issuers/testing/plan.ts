/** For tests: a plan with the contract's defaults. */

import type { FetchPlan } from '../../keys/plan.ts';

export function testPlan(changes: Partial<FetchPlan> = {}): FetchPlan {
  return {
    source: 'shop/okta',
    uid: 'uid-okta',
    location: { kind: 'jwks', url: 'https://id.example/keys' },
    refreshInterval: 600,
    retryInterval: 10,
    timeout: 5,
    maxStale: 86_400,
    unknownKeyCooldown: 30,
    certificateAuthorities: undefined,
    ...changes,
  };
}
