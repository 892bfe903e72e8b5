/** Where a request carries its token: header, query or cookie; one place, one value. */

import type { CredentialPolicy } from '../policy/policy.ts';
import type { CheckRequest } from './decision.ts';
import type { Reason } from './reasons.ts';
import { isFromEnvoy } from './request.ts';

export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'found'; readonly token: string; readonly place: CredentialPolicy }
  | { readonly kind: 'refused'; readonly reason: Reason; readonly detail: string };

type Headers = CheckRequest['headers'];

/** Methods that change nothing, so that a cookie sent along by another site does no harm. */
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/** Looks in every place. An empty value is a bad token, not an absent one. `query` is undecoded. */
export function findCredentials(
  request: CheckRequest,
  query: string,
  places: readonly CredentialPolicy[],
): Credentials {
  let found: { token: string; place: CredentialPolicy } | undefined;
  for (const place of places) {
    for (const token of tokensAt(place, request.headers, query)) {
      if (found !== undefined) {
        return {
          kind: 'refused',
          reason: 'token_ambiguous',
          detail: 'The request carries a token in more than one place, or more than one in one place.',
        };
      }
      found = { token, place };
    }
  }
  if (found === undefined) return { kind: 'none' };
  if (found.token === '') {
    return { kind: 'refused', reason: 'token_malformed', detail: 'The place of the token is empty.' };
  }
  if (found.place.in === 'Cookie' && mayDoHarm(request)) {
    const { origin } = request.headers;
    if (origin === undefined || !found.place.origins.includes(origin)) {
      return {
        kind: 'refused',
        reason: 'origin_not_allowed',
        detail: 'A token in a cookie is taken for this request only from the allowed origins.',
      };
    }
  }
  return { kind: 'found', ...found };
}

/**
 * A browser opens a WebSocket of another site with GET and with that site's cookies, and asks no preflight: so
 * what would leave HTTP, by Upgrade or by extended CONNECT (RFC 8441), counts as changing something.
 */
function mayDoHarm({ method, headers }: CheckRequest): boolean {
  const leavesHttp = headers.upgrade !== undefined || headers[':protocol'] !== undefined;
  return leavesHttp || !SAFE_METHODS.includes(method);
}

/** Every value that stands at a place; what belongs to another scheme is none. */
export function tokensAt(place: CredentialPolicy, headers: Headers, query: string): readonly string[] {
  switch (place.in) {
    case 'Header': {
      const name = place.name.toLowerCase();
      return isFromEnvoy(name) ? [] : headerTokens(headers[name], place.scheme);
    }
    case 'Query':
      return queryValues(query, place.name);
    case 'Cookie':
      return cookieTokens(headers.cookie ?? '', place.name);
  }
}

/**
 * Doubled headers arrive joined by commas, which no token holds. So a value with a comma is several, and if
 * any of them has our scheme, nobody can say which one the app would read.
 */
function headerTokens(header: string | undefined, scheme: string): readonly string[] {
  if (header === undefined) return [];
  const values = header.includes(',') ? header.split(',').map(trimmed) : [trimmed(header)];
  if (scheme === '' || trimmed(header) === '') return values;
  return values.some((value) => hasScheme(value, scheme))
    ? values.map((value) => afterScheme(value, scheme))
    : [];
}

/** The scheme's name is compared without case (RFC 9110 section 11.1). */
function hasScheme(value: string, scheme: string): boolean {
  const end = value.charCodeAt(scheme.length);
  if (!Number.isNaN(end) && end !== 0x20 && end !== 0x09) return false;
  return value.startsWith(scheme) || value.slice(0, scheme.length).toLowerCase() === scheme.toLowerCase();
}

/** One or more spaces stand between scheme and token; anything else stays, and makes the token malformed. */
function afterScheme(value: string, scheme: string): string {
  if (!hasScheme(value, scheme)) return value;
  let start = scheme.length;
  while (value.charCodeAt(start) === 0x20) start++;
  return value.slice(start);
}

function queryValues(query: string, name: string): readonly string[] {
  const values: string[] = [];
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=');
    const rawName = equals < 0 ? pair : pair.slice(0, equals);
    if (decodeFormText(rawName) === name)
      values.push(equals < 0 ? '' : decodeFormText(pair.slice(equals + 1)));
  }
  return values;
}

/**
 * As forms are decoded, as far as names and tokens go: both are ASCII. Any other escape stays as it is, and is
 * no part of either. Never throws, for an exception at each of ten thousand bad escapes would take long.
 */
function decodeFormText(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  return text.replace(/\+|%[0-7][0-9A-Fa-f]/g, (octet) =>
    octet === '+' ? ' ' : String.fromCharCode(Number.parseInt(octet.slice(1), 16)),
  );
}

/**
 * Envoy joins doubled Cookie headers by a comma, which browsers also let stand in a value. So a cookie that
 * begins or ends at a comma is one to some readers and none to others: it counts as two, one for each.
 */
function cookieTokens(header: string, name: string): readonly string[] {
  const apart = cookieValues(header, name, ';');
  if (!header.includes(',')) return apart;
  const joined = cookieValues(header, name, /[;,]/);
  const isSame = apart.length === joined.length && apart.every((value, i) => value === joined[i]);
  return isSame ? apart : [apart.join(), joined.join()];
}

function cookieValues(header: string, name: string, separator: string | RegExp): readonly string[] {
  const values: string[] = [];
  for (const pair of header.split(separator)) {
    const equals = pair.indexOf('=');
    if (equals < 0 || trimmed(pair.slice(0, equals)) !== name) continue;
    const value = trimmed(pair.slice(equals + 1));
    const quoted = value.length >= 2 && value.startsWith('"') && value.endsWith('"');
    values.push(quoted ? value.slice(1, -1) : value);
  }
  return values;
}

/** The Cookie header without one cookie, the others as they were; empty when nothing is left. */
export function withoutCookie(header: string, name: string): string {
  const isOther = (pair: string) => trimmed(pair.slice(0, Math.max(0, pair.indexOf('=')))) !== name;
  return header
    .split(';')
    .map((part) => trimmed(part.split(',').filter(isOther).join(',')))
    .filter((part) => part !== '')
    .join('; ');
}

/**
 * Without the white space that HTTP knows, and no other: the language's own `trim` would make one name of
 * `__Host-session` and of a cookie that begins with a wider space, which any neighbouring host may set.
 */
function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x09;
