/** The headers that the app gets: those that name the user, and none that a client forged. */

import { Buffer } from 'node:buffer';
import { isJsonObject, type JsonValue } from '../base/json.ts';
import { MCP_HEADERS } from '../base/mcp-headers.ts';
import { OVERRIDES } from '../base/overrides.ts';
import type { ClaimReader } from '../matching/claims.ts';
import { claimValues } from '../matching/values.ts';
import type { CredentialPolicy } from '../policy/policy.ts';
import type { Identity } from '../sources/verification.ts';
import type { PreparedBinding } from './binding.ts';
import { tokensAt, withoutCookies } from './credentials.ts';
import type { CheckRequest, HeaderPair, UpstreamChanges } from './decision.ts';
import type { Enforcer } from './enforcer.ts';

/** Removes every forwarded header, and what could mislead the app: for an anonymous, preflight, disabled or audited request. */
export function scrub(enforcer: Enforcer, binding: PreparedBinding, request: CheckRequest): UpstreamChanges {
  const guarded = enforcer.guardedHeaders(binding);
  return { set: [], remove: [...guarded, ...misleading(guarded, binding, request)] };
}

/** The most for the user's headers, in characters of names and values: servers take 16 to 64 KiB of headers in all. */
export const MAX_IDENTITY = 24 * 1024;
/** The most for those and the Cookie header without the token: Envoy reads 60 KiB of our answer. */
const MAX_CHANGES = 56 * 1024;

/** Whether the changes are larger than an answer to Envoy may be. */
export function isTooLarge({ set }: UpstreamChanges): boolean {
  return set.reduce((sum, [name, value]) => sum + name.length + Buffer.byteLength(value), 0) > MAX_CHANGES;
}

/** The user's headers set, every other forwarded one removed; undefined where they are too large. */
export function forwardIdentity(
  enforcer: Enforcer,
  binding: PreparedBinding,
  identity: Identity,
  request: CheckRequest,
): UpstreamChanges | undefined {
  const set = identityHeaders(binding, identity);
  if (set === undefined) return undefined;
  const isSet = (name: string) => set.some(([other]) => other === name);
  const guarded = enforcer.guardedHeaders(binding);
  return {
    set,
    remove: [...guarded.filter((name) => !isSet(name)), ...misleading(guarded, binding, request)],
  };
}

const HAS_OTHERS = /[^a-z0-9-]/;
/** As CGI and its kin read a name: HTTP_X_AUTH_USER, whether that was written with hyphens, underscores or dots. */
const cgiName = (name: string): string => name.replaceAll(/[^a-z0-9]/g, '_');

const OVERRIDE_NAMES: readonly string[] = OVERRIDES.map(cgiName);

/** Headers that stay, and that rules have gone by: by other spellings a server could read another request. */
const judgedBy = (binding: PreparedBinding): readonly string[] =>
  binding.kind === 'rules' && binding.judgement.mcp !== undefined ? Object.values(MCP_HEADERS) : [];

/**
 * Returns headers of the request that an app could take for one of the guarded ones, or of those that rules go by, because
 * of another spelling of the name, and those by which it could serve another request than the one that was judged: not
 * every gateway can be told to leave them out.
 */
function misleading(
  guarded: readonly string[],
  binding: PreparedBinding,
  { headers }: CheckRequest,
): readonly string[] {
  const overrides = OVERRIDES.filter((name) => headers[name] !== undefined && !guarded.includes(name));
  const others = Object.keys(headers).filter((name) => HAS_OTHERS.test(name) && !guarded.includes(name));
  // Nearly all requests end here.
  if (others.length === 0) return overrides;
  const names = new Set([...guarded, ...judgedBy(binding)].map(cgiName).concat(OVERRIDE_NAMES));
  return [...overrides, ...others.filter((name) => names.has(cgiName(name)))];
}

/**
 * Removes the token, so that the app does not get it. Other cookies stay. Envoy applies removals after sets, so the
 * Cookie header is either set or removed.
 */
export function withoutCredentials(
  changes: UpstreamChanges,
  request: CheckRequest,
  places: readonly CredentialPolicy[],
): UpstreamChanges {
  const set = [...changes.set];
  const remove = [...changes.remove];
  const names = new Set<string>();
  for (const place of places) {
    if (tokensAt(place, request.headers, '').length === 0) continue;
    const name = place.name.toLowerCase();
    if (place.in === 'Header' && !set.some(([other]) => other === name)) remove.push(name);
    if (place.in === 'Cookie') names.add(place.name);
  }
  if (names.size > 0) {
    const cookies = withoutCookies(request.headers.cookie ?? '', names);
    if (cookies === '') remove.push('cookie');
    else set.push(['cookie', cookies]);
  }
  return { set, remove };
}

function identityHeaders(binding: PreparedBinding, identity: Identity): readonly HeaderPair[] | undefined {
  const { forward } = binding.policy;
  const headers: HeaderPair[] = [];
  let left = MAX_IDENTITY;
  const add = (name: string, value: string): void => {
    if (name === '' || value === '') return;
    headers.push([name, value]);
    // Each value is ASCII: a character is a byte.
    left -= name.length + value.length;
  };
  add(forward.user, headerValue(identity.user === undefined ? [] : [identity.user]));
  add(forward.roles, headerValue(identity.roles));
  add(forward.scopes, headerValue(identity.scopes));
  add(forward.source, identity.source);
  // The claims as they were signed: JSON.stringify would lose the last digits of long numbers, and change the user.
  if (forward.payload !== '') add(forward.payload, Buffer.from(identity.claimsText).toString('base64url'));
  if (binding.kind === 'rules') {
    for (const { read, header } of binding.forwardedClaims) {
      if (left < 0) return undefined;
      add(header, claimHeader(read, identity));
    }
  }
  return left < 0 ? undefined : headers;
}

/** A claim that is an object is forwarded as JSON, the only form that loses nothing. */
function claimHeader(read: ClaimReader, identity: Identity): string {
  const value: JsonValue | undefined = read(identity.claims);
  return headerValue(isJsonObject(value) ? [JSON.stringify(value)] : claimValues(value));
}

/** The separator, the escape itself, what no header may hold, and white space that a header would lose. */
const NEEDS_ENCODING = /[,%]|[^\x20-\x7e]|^ | $/;

/** Values joined by commas, each percent-encoded (RFC 3986 section 2.1) if it could be misread otherwise. */
export function headerValue(values: readonly string[]): string {
  return values
    .map((value) => (NEEDS_ENCODING.test(value) ? encodeURIComponent(value.toWellFormed()) : value))
    .join(',');
}
