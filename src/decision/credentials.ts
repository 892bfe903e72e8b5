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
  if (found.place.in === 'Cookie' && !SAFE_METHODS.includes(request.method)) {
    const { origin } = request.headers;
    if (origin === undefined || !found.place.origins.includes(origin)) {
      return {
        kind: 'refused',
        reason: 'origin_not_allowed',
        detail: 'A token in a cookie is taken for this method only from the allowed origins.',
      };
    }
  }
  return { kind: 'found', ...found };
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
      return cookiePairs(headers.cookie)
        .filter(({ name }) => name === place.name)
        .map(({ value }) => value);
  }
}

/**
 * Doubled headers arrive joined by commas, which no token holds. So a value with a comma is several, and if
 * any of them has our scheme, nobody can say which one the app would read.
 */
function headerTokens(header: string | undefined, scheme: string): readonly string[] {
  if (header === undefined) return [];
  const values = header.includes(',') ? header.split(',').map((value) => value.trim()) : [header.trim()];
  if (scheme === '' || header.trim() === '') return values;
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

/** As forms are decoded; a malformed escape stays as it is, and is no part of any token. */
function decodeFormText(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

interface CookiePair {
  readonly name: string;
  readonly value: string;
}

/** Envoy joins doubled Cookie headers by a comma, which no cookie value may hold (RFC 6265 section 4.1.1). */
function cookiePairs(header: string | undefined): readonly CookiePair[] {
  if (header === undefined) return [];
  return header.split(/[;,]/).map((pair) => {
    const equals = pair.indexOf('=');
    if (equals < 0) return { name: '', value: pair.trim() };
    const value = pair.slice(equals + 1).trim();
    const quoted = value.length >= 2 && value.startsWith('"') && value.endsWith('"');
    return { name: pair.slice(0, equals).trim(), value: quoted ? value.slice(1, -1) : value };
  });
}

/** The Cookie header without one cookie, the others as they were; empty when nothing is left. */
export function withoutCookie(header: string, name: string): string {
  const isOther = (pair: string) => pair.slice(0, Math.max(0, pair.indexOf('='))).trim() !== name;
  return header
    .split(';')
    .map((part) => part.split(',').filter(isOther).join(',').trim())
    .filter((part) => part !== '')
    .join('; ');
}
