/** From claims to an identity: user, name, client, roles and scopes, as the source maps them. */

import { isJsonObject, type JsonObject } from '../../base/json.ts';
import { type ClaimReader, withoutMembers } from '../../matching/claims.ts';
import { claimValues, hasUnreadable, scalarText } from '../../matching/values.ts';
import type { Identity, ListedPart } from '../verification.ts';
import type { Jws } from './jws.ts';
import type { PreparedMapping, PreparedSource } from './source.ts';

export function mapIdentity(jws: Jws, source: PreparedSource): Identity {
  const { claims, claimsText, header } = jws;
  const { mapping } = source;
  const { rolesSeparator } = source.policy.mapping;
  return {
    source: source.policy.id,
    user: firstSpelt(mapping.user, claims),
    name: firstSpelt(mapping.name, claims),
    client: mapClient(claims, source),
    roles: unite(mapping.roles, claims, (value) =>
      rolesSeparator === '' ? [value] : value.split(rolesSeparator).map((role) => role.trim()),
    ),
    scopes: unite(mapping.scopes, claims, (value) => value.split(' ')),
    unreadable: unreadableParts(mapping, claims),
    claims,
    claimsText,
    header,
  };
}

/** The client as the source maps it: judged before the rest is mapped. */
export function mapClient(claims: JsonObject, source: PreparedSource): string | undefined {
  for (const read of source.mapping.client) {
    const value = read(claims);
    // What is present and no name hides the next claim: it may be the client that a list forbids.
    if (value !== undefined && value !== null) return scalarText(value);
  }
  return undefined;
}

/** A number is an id as good as a string; what cannot be spelt is none. */
function firstSpelt(readers: readonly ClaimReader[], claims: JsonObject): string | undefined {
  for (const read of readers) {
    const text = scalarText(read(claims) ?? null);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** The claim that would be the user's id, and cannot be spelt, so that the next one counts; undefined = there is none. */
export function unspeltUser(claims: JsonObject, { policy, mapping }: PreparedSource): string | undefined {
  const first = mapping.user.findIndex((read) => (read(claims) ?? null) !== null);
  const value = mapping.user[first]?.(claims);
  return value === undefined || scalarText(value) !== undefined ? undefined : policy.mapping.user[first];
}

/** Shared: most tokens have none. */
const ALL_READABLE: readonly ListedPart[] = [];

function unreadableParts(mapping: PreparedMapping, claims: JsonObject): readonly ListedPart[] {
  const hidesSome = (read: ClaimReader) => hasUnreadable(read, claims);
  const parts: ListedPart[] = [];
  if (mapping.roles.some(hidesSome)) parts.push('roles');
  if (mapping.scopes.some(hidesSome)) parts.push('scopes');
  if (isNameUnreadable(mapping.client, claims)) parts.push('client');
  return parts.length === 0 ? ALL_READABLE : parts;
}

/** The first claim present is the name or none is, so those after it say nothing; a list is no name. */
function isNameUnreadable(readers: readonly ClaimReader[], claims: JsonObject): boolean {
  for (const read of readers) {
    const value = read(claims);
    if (value !== undefined && value !== null) return scalarText(value) === undefined;
    if (read.isCutOff(claims)) return true;
  }
  return false;
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
  const { _claim_names: names, hasgroups } = claims;
  const hasGroups = hasgroups === true || hasgroups === 'true';
  // So it is with nearly every token.
  if (!hasGroups && !isJsonObject(names)) return false;
  const claimNames = roleClaims.map(withoutMembers);
  if (isJsonObject(names) && claimNames.some((claim) => Object.hasOwn(names, claim))) return true;
  return hasGroups && claimNames.includes('groups');
}
