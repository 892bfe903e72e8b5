/**
 * A source's fetched keys as they are kept in a ConfigMap, so that a restart while the provider is down loses nothing.
 * Public keys alone, and of those the public members alone.
 */

import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonObject, type JsonValue, parseJsonObject, toJson } from '../../base/json.ts';
import type { IssuerState } from '../../issuers/issuer.ts';
import type { FetchPlan } from '../../keys/plan.ts';
import type { PublicJwk } from '../../policy/policy.ts';

/** Marks the ConfigMaps; the value is always the same. */
export const KEYS_LABEL = 'portcullis.dev/keys';
const DATA_KEY = 'keys.json';

export const keysName = (uid: string): string => `portcullis-keys-${uid}`;

/** The members of RFC 7517 and RFC 7518 that may be published, and Entra ID's own. */
const PUBLIC_MEMBERS = ['kty', 'kid', 'use', 'key_ops', 'alg', 'n', 'e', 'crv', 'x', 'y', 'issuer'] as const;

export interface StoredKeys {
  readonly uid: string;
  /** Where they were fetched from: of use for that place alone. */
  readonly location: JsonValue;
  readonly state: IssuerState;
}

/** Undefined where there are no keys to be kept. */
export function writeKeys(plan: FetchPlan, state: IssuerState): JsonObject | undefined {
  const { keys, jwksURI, checkedAt, changedAt } = state;
  if (keys === undefined || checkedAt === undefined) return undefined;
  const content = {
    source: plan.source,
    location: toJson(plan.location),
    ...(jwksURI !== undefined && { jwksURI }),
    checkedAt,
    ...(changedAt !== undefined && { changedAt }),
    // Of no more than 64: no fetch reads more of a provider's set.
    keys: keys.map(publicMembers),
  };
  return { [DATA_KEY]: JSON.stringify(content) };
}

/** Undefined for what was not written here, or is broken: then the keys are fetched as if nothing had been. */
export function readKeys(uid: string, data: JsonValue | undefined): StoredKeys | undefined {
  const text = isJsonObject(data) ? data[DATA_KEY] : undefined;
  const content = typeof text === 'string' ? parseJsonObject(text) : undefined;
  if (content === undefined) return undefined;
  const { location, jwksURI, checkedAt, changedAt, keys } = content;
  if (!Array.isArray(keys) || !isTime(checkedAt) || location === undefined) return undefined;
  const read = keys.flatMap((key) => (isPublicJwk(key) ? [key] : []));
  if (read.length === 0 || read.length !== keys.length) return undefined;
  return {
    uid,
    location,
    state: {
      keys: read,
      jwksURI: typeof jwksURI === 'string' ? jwksURI : undefined,
      checkedAt,
      changedAt: isTime(changedAt) ? changedAt : undefined,
      error: undefined,
    },
  };
}

/** True where the keys were fetched from the very place that the plan names. */
export function isFor({ location }: StoredKeys, plan: FetchPlan): boolean {
  return isDeepStrictEqual(location, toJson(plan.location));
}

function publicMembers(jwk: PublicJwk): JsonObject {
  const members: Record<string, JsonValue> = {};
  for (const name of PUBLIC_MEMBERS) {
    const value = jwk[name];
    if (value !== undefined) members[name] = typeof value === 'string' ? value : [...value];
  }
  return members;
}

const isTime = (value: JsonValue | undefined): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;

function isPublicJwk(value: JsonValue): value is JsonObject & PublicJwk {
  if (!isJsonObject(value)) return false;
  const { kty, key_ops, ...others } = value;
  return (
    (kty === 'RSA' || kty === 'EC' || kty === 'OKP') &&
    (key_ops === undefined || (Array.isArray(key_ops) && key_ops.every((op) => typeof op === 'string'))) &&
    Object.entries(others).every(
      ([name, member]) => PUBLIC_MEMBERS.some((known) => known === name) && typeof member === 'string',
    )
  );
}
