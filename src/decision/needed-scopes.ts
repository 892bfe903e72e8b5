/** The scopes that a token needs for a request, as a challenge tells them. */

import type { RequirementInput } from './requirement.ts';

/** All of `allOf`, and the first of `anyOf`: one set that would do, for a challenge knows no alternatives. */
export function neededScopes({ rule: { policy } }: Pick<RequirementInput, 'rule'>): readonly string[] {
  const { allOf, anyOf } = policy.require.scopes;
  return [...allOf, ...anyOf.slice(0, 1)];
}
