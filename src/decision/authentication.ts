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
    const strength = strengthOf(login, input.identity.claims);
    const age = ageOf(login, input.identity.claims, input);
    if (strength === 'good' && age === 'good') return undefined;
    return {
      reason: 'authentication_insufficient',
      detail: detailOf(strength, age),
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

function strengthOf({ acr }: AuthenticationRequirement, claims: JsonObject): 'good' | 'weak' | 'untold' {
  if (acr.length === 0) return 'good';
  if (typeof claims.acr !== 'string') return 'untold';
  return acr.includes(claims.acr) ? 'good' : 'weak';
}

/** A login in the future is none that the provider could vouch for. */
function ageOf(
  { maxAge }: AuthenticationRequirement,
  { auth_time: at }: JsonObject,
  { now, clockSkew }: Pick<RequirementInput, 'now' | 'clockSkew'>,
): 'good' | 'old' | 'future' | 'untold' {
  if (maxAge === undefined) return 'good';
  if (typeof at !== 'number') return 'untold';
  if (at > now + clockSkew) return 'future';
  return now - at <= maxAge + clockSkew ? 'good' : 'old';
}

/** What another login would mend, then what it would not. Says of the rule no more than the challenge does. */
function detailOf(strength: ReturnType<typeof strengthOf>, age: ReturnType<typeof ageOf>): string {
  const needed = [...(strength === 'weak' ? ['stronger'] : []), ...(age === 'old' ? ['more recent'] : [])];
  const untold = [
    ...(strength === 'untold' ? ['how (acr)'] : []),
    ...(age === 'untold' ? ['when (auth_time)'] : []),
  ];
  return [
    ...(needed.length === 0 ? [] : [`This request needs a ${needed.join(' and ')} login.`]),
    ...(untold.length === 0 ? [] : [`The token does not say ${untold.join(' and ')} its user logged in.`]),
    ...(age === 'future' ? ['The token names a login in the future (auth_time).'] : []),
  ].join(' ');
}
