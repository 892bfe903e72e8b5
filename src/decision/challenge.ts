/** What `WWW-Authenticate` says, so that a client knows which token to ask for (RFC 6750, RFC 9470, RFC 9728). */

import type { AuthenticationRequirement } from '../policy/policy.ts';
import type { PreparedBinding, PreparedRule } from './binding.ts';
import { scopesToAskFor } from './needed-scopes.ts';
import { REASONS } from './reasons.ts';
import type { Refusal } from './refusal.ts';

/** The value of the header; undefined = none. A parameter without a value is left out. */
export function challenge(
  refusal: Refusal,
  {
    binding,
    rule,
  }: { readonly binding?: PreparedBinding | undefined; readonly rule?: PreparedRule | undefined },
): string | undefined {
  const { challenge: kind, status } = REASONS[refusal.reason];
  if (kind === 'none' || binding?.kind !== 'rules') return undefined;
  const { realm, resourceMetadata } = binding.judgement;
  const params = [`realm=${quoted(realm)}`];
  if (kind !== 'bare') params.push(`error="${kind}"`, `error_description=${quoted(refusal.detail)}`);
  const scope = scopeParameter(refusal.scopes ?? (status === 401 ? scopesToAskFor(rule) : []));
  if (scope !== '') params.push(`scope=${quoted(scope)}`);
  if (refusal.login !== undefined) params.push(...loginParameters(refusal.login));
  if (resourceMetadata !== '') params.push(`resource_metadata=${quoted(resourceMetadata)}`);
  return `Bearer ${params.join(', ')}`;
}

/** A scope, or an acr, as a challenge may hold it: RFC 6750 section 3, RFC 9470 section 3. */
const WORD = /^[!#-[\]-~]+$/;

/** Characters of `scope`: clients and proxies bound the size of all headers. */
export const MAX_SCOPE = 4096;

/**
 * Each scope once. One that no client could ask for, because of its characters, is left out; so are all, where they are too
 * long together: a part of them would be taken for all.
 */
function scopeParameter(scopes: readonly string[]): string {
  const scope = [...new Set(scopes)].filter((one) => WORD.test(one)).join(' ');
  return scope.length > MAX_SCOPE ? '' : scope;
}

/** RFC 9470 section 3. */
function loginParameters({ acr, maxAge }: AuthenticationRequirement): readonly string[] {
  const values = acr.filter((one) => WORD.test(one)).join(' ');
  return [
    ...(values === '' ? [] : [`acr_values=${quoted(values)}`]),
    ...(maxAge === undefined ? [] : [`max_age="${Math.floor(maxAge)}"`]),
  ];
}

/** A quoted-string (RFC 9110 section 5.6.4); what RFC 6750 does not allow in one becomes a question mark. */
function quoted(text: string): string {
  return `"${text.replaceAll(/[^\x20-\x7e]/g, '?').replaceAll(/["\\]/g, "'")}"`;
}
