/** From claims to an identity: user, name, client, roles and scopes, as the source maps them. */

import type { ClaimReader } from '../matching/claims.ts';
import { isJsonObject, type JsonObject } from '../matching/json.ts';
import { claimValues, scalarText } from '../matching/values.ts';
import type { Jws } from './jws.ts';
import type { PreparedSource } from './source.ts';
import type { Identity } from './verification.ts';

export function mapIdentity(jws: Jws, source: PreparedSource): Identity {
  const { claims, claimsText, header } = jws;
  const { mapping } = source;
  const { rolesSeparator } = source.policy.mapping;
  return {
    source: source.policy.id,
    user: firstPresent(mapping.user, claims),
    name: firstPresent(mapping.name, claims),
    client: firstPresent(mapping.client, claims),
    roles: unite(mapping.roles, claims, (value) =>
      rolesSeparator === '' ? [value] : value.split(rolesSeparator).map((role) => role.trim()),
    ),
    scopes: unite(mapping.scopes, claims, (value) => value.split(' ')),
    claims,
    claimsText,
    header,
  };
}

/** The client as the source maps it: judged before the rest is mapped. */
export function mapClient(claims: JsonObject, source: PreparedSource): string | undefined {
  return firstPresent(source.mapping.client, claims);
}

/** A number is an id as good as a string; anything else that is present is no name, and hides the next. */
function firstPresent(readers: readonly ClaimReader[], claims: JsonObject): string | undefined {
  for (const read of readers) {
    const value = read(claims);
    if (value !== undefined && value !== null) return scalarText(value);
  }
  return undefined;
}

function unite(
  readers: readonly ClaimReader[],
  claims: JsonObject,
  split: (value: string) => readonly string[],
): readonly string[] {
  const united = new Set<string>();
  for (const read of readers) {
    const value = read(claims);
    if (typeof value === 'string') for (const part of split(value)) united.add(part);
    else for (const element of claimValues(value)) united.add(element);
  }
  united.delete('');
  return [...united];
}

/**
 * True where the provider left the groups out because there were too many: the claims that hold roles are
 * named as distributed (`_claim_names`, OpenID Connect Core section 5.6.2), or Entra ID's `hasgroups` is set.
 */
export function hasGroupsOverage(claims: JsonObject, roleClaims: readonly string[]): boolean {
  const names = claims._claim_names;
  if (isJsonObject(names) && roleClaims.some((claim) => Object.hasOwn(names, claim))) return true;
  return roleClaims.includes('groups') && (claims.hasgroups === true || claims.hasgroups === 'true');
}
