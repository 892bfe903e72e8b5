/**
 * The requirement of a login (RFC 9470): how the user logged in, by the token's `acr`, and when, by its `auth_time`. A token
 * that does not say so is refused, and told which login would do.
 */

import { formatDuration } from '../base/durations.ts';
import type { JsonObject } from '../base/json.ts';
import type { AuthenticationRequirement } from '../policy/policy.ts';
import { shown, shownList, shownTime } from '../sources/shown.ts';
import { neededScopes } from './needed-scopes.ts';
import type { Requirement, RequirementInput } from './requirement.ts';

export const AUTHENTICATION: Requirement = {
  problem(input) {
    const login = input.rule.policy.require.authentication;
    if (login === undefined) return undefined;
    const isStrong = isStrongEnough(login, input.identity.claims);
    const isFresh = isFreshEnough(login, input.identity.claims, input);
    if (isStrong && isFresh) return undefined;
    const needed = isStrong ? 'more recent' : isFresh ? 'stronger' : 'stronger and more recent';
    return {
      reason: 'authentication_insufficient',
      detail: `This request needs a ${needed} login.`,
      login,
      // So that one login suffices for all that is asked for.
      scopes: neededScopes(input),
    };
  },
  findings({ rule, identity: { claims }, now, clockSkew }) {
    const { acr = [], maxAge } = rule.policy.require.authentication ?? {};
    const strength = acr.length === 0 ? [] : [`acr: ${shown(claims.acr)}; any of ${shownList(acr)}`];
    if (maxAge === undefined) return strength;
    const when = typeof claims.auth_time === 'number' ? shownTime(claims.auth_time) : shown(claims.auth_time);
    const bound = `at most ${formatDuration(maxAge)} before ${shownTime(now)}, clockSkew ${clockSkew} s`;
    return [...strength, `auth_time: ${when}; ${bound}`];
  },
};

function isStrongEnough({ acr }: AuthenticationRequirement, claims: JsonObject): boolean {
  return acr.length === 0 || (typeof claims.acr === 'string' && acr.includes(claims.acr));
}

/** A login in the future is none that the provider could vouch for. */
function isFreshEnough(
  { maxAge }: AuthenticationRequirement,
  { auth_time: at }: JsonObject,
  { now, clockSkew }: Pick<RequirementInput, 'now' | 'clockSkew'>,
): boolean {
  if (maxAge === undefined) return true;
  return typeof at === 'number' && at <= now + clockSkew && now - at <= maxAge + clockSkew;
}
