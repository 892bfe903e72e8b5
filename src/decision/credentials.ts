/** Finds the token of a request in headers, query and cookies. More than one token is refused. */

import { isSpace, trimmed } from '../base/http-space.ts';
import { hexDigit } from '../matching/transformations.ts';
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

/** Looks in every place of the policy. An empty value is a bad token, not an absent one. `query` is undecoded. */
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
 * what would leave HTTP, by Upgrade or by extended CONNECT (RFC 8441), counts as changing something. Proxies that ask in
 * their own words leave Upgrade out of a check, and Sec-WebSocket-Version in it.
 */
function mayDoHarm({ method, headers }: CheckRequest): boolean {
  const leavesHttp = LEAVING.some((name) => headers[name] !== undefined);
  return leavesHttp || !SAFE_METHODS.includes(method);
}

const LEAVING = ['upgrade', ':protocol', 'sec-websocket-version', 'sec-websocket-key'] as const;

/** Returns every value at a place, without the values of another scheme. */
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

/** Two tokens are refused like any larger number, so the search stops at the second. */
const ENOUGH = 2;

/**
 * Doubled headers arrive joined by commas, which no token holds. So a value with a comma is several, and if
 * any of them has our scheme, it is not known which one the app would read.
 */
function headerTokens(header: string | undefined, scheme: string): readonly string[] {
  if (header === undefined) return [];
  const blank = trimmed(header) === '';
  if (scheme !== '' && !blank && !hasSchemeSomewhere(header, scheme)) return [];
  const values = header.split(',', ENOUGH).map(trimmed);
  return scheme === '' || blank ? values : values.map((value) => afterScheme(value, scheme));
}

/** Whether one of the values between commas has the scheme. */
function hasSchemeSomewhere(header: string, scheme: string): boolean {
  for (let comma = -1; ; ) {
    let start = comma + 1;
    while (isSpace(header.charCodeAt(start))) start++;
    if (hasScheme(header, scheme, start)) return true;
    comma = header.indexOf(',', start);
    if (comma < 0) return false;
  }
}

/** The scheme's name is compared without case (RFC 9110 section 11.1). The value begins at `start`. */
function hasScheme(text: string, scheme: string, start = 0): boolean {
  if ((text.charCodeAt(start) | 0x20) !== (scheme.charCodeAt(0) | 0x20)) return false;
  const end = text.charCodeAt(start + scheme.length);
  if (!Number.isNaN(end) && end !== COMMA && !isSpace(end)) return false;
  return text.slice(start, start + scheme.length).toLowerCase() === scheme.toLowerCase();
}

const COMMA = 0x2c;

/** One or more spaces stand between scheme and token; anything else stays, and makes the token malformed. */
function afterScheme(value: string, scheme: string): string {
  if (!hasScheme(value, scheme)) return value;
  let start = scheme.length;
  while (value.charCodeAt(start) === 0x20) start++;
  return value.slice(start);
}

/** Compares names in place, without copies: a query may hold tens of thousands of them. */
function queryValues(query: string, name: string): readonly string[] {
  const values: string[] = [];
  for (let start = 0; start <= query.length && values.length < ENOUGH; ) {
    const equals = endOfName(query, start, name);
    let end = equals ?? start;
    while (end < query.length && query.charCodeAt(end) !== AMPERSAND) end++;
    if (equals !== undefined) values.push(decodeFormText(query.slice(equals + 1, end)));
    start = end + 1;
  }
  return values;
}

/** Where the pair that begins at `start` has its `=`, or ends, if its name is that one; undefined if it is another. */
function endOfName(query: string, start: number, name: string): number | undefined {
  let at = start;
  for (let i = 0; i < name.length; i++) {
    const code = query.charCodeAt(at);
    if (code === EQUALS || code === AMPERSAND) return undefined;
    const octet = code === PERCENT ? asciiOf(query.charCodeAt(at + 1), query.charCodeAt(at + 2)) : -1;
    const decoded = octet >= 0 ? octet : code === PLUS ? SPACE : code;
    if (decoded !== name.charCodeAt(i)) return undefined;
    at += octet >= 0 ? 3 : 1;
  }
  const next = query.charCodeAt(at);
  return Number.isNaN(next) || next === EQUALS || next === AMPERSAND ? at : undefined;
}

/** Returns the ASCII character of two hexadecimal digits; -1 where they are none, or no ASCII. */
function asciiOf(high: number, low: number): number {
  const [first, second] = [hexDigit(high), hexDigit(low)];
  return first < 0 || first > 7 || second < 0 ? -1 : first * 16 + second;
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
  const joined = cookieValues(header, name, ';,');
  const isSame = apart.length === joined.length && apart.every((value, i) => value === joined[i]);
  return isSame ? apart : [apart.join(), joined.join()];
}

/** Returns what follows the name where it begins a pair; it reads nothing else of the header. */
function cookieValues(header: string, name: string, separators: string): readonly string[] {
  const values: string[] = [];
  let at = header.indexOf(name);
  while (at >= 0 && values.length < ENOUGH) {
    const next = at + name.length;
    const equals = equalsOf(header, at, next, separators);
    if (equals !== undefined) {
      const ends = Array.from(separators, (one) => header.indexOf(one, equals)).filter((end) => end >= 0);
      const value = trimmed(header.slice(equals + 1, Math.min(header.length, ...ends)));
      const quoted = value.length >= 2 && value.startsWith('"') && value.endsWith('"');
      values.push(quoted ? value.slice(1, -1) : value);
    }
    at = header.indexOf(name, next);
  }
  return values;
}

/** Returns where the pair has its `=` if its name is from `start` to `end`, with spaces around it; undefined if not. */
function equalsOf(header: string, start: number, end: number, separators: string): number | undefined {
  let before = start - 1;
  while (before >= 0 && isSpace(header.charCodeAt(before))) before--;
  if (before >= 0 && !separators.includes(header.charAt(before))) return undefined;
  let equals = end;
  while (isSpace(header.charCodeAt(equals))) equals++;
  return header.charCodeAt(equals) === EQUALS ? equals : undefined;
}

/** Returns the Cookie header without these cookies, and the others unchanged; empty when none is left. */
export function withoutCookies(header: string, names: ReadonlySet<string>): string {
  const isOther = (pair: string) => !names.has(trimmed(pair.slice(0, Math.max(0, pair.indexOf('=')))));
  const kept: string[] = [];
  for (const part of header.split(';')) {
    if (part === '') continue;
    const left = part.includes(',') ? part.split(',').filter(isOther).join(',') : isOther(part) ? part : '';
    const plain = trimmed(left);
    if (plain !== '') kept.push(plain);
  }
  return kept.join('; ');
}

const SPACE = 0x20;
const PERCENT = 0x25;
const AMPERSAND = 0x26;
const PLUS = 0x2b;
const EQUALS = 0x3d;
