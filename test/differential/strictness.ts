/** Where we refuse on purpose what the other library takes: each row says what, with which reason, and why. */

import { parseDocument } from 'yaml';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/base/json.ts';
import type { TokenReason } from '../../src/sources/jwt/reasons.ts';

export interface Strictness {
  readonly name: string;
  readonly reason: TokenReason;
  readonly why: string;
  /** Judged from the token, never from our verdict. */
  readonly applies: (token: Reading) => boolean;
}

/** A token as a lenient reader sees it. */
export interface Reading {
  readonly token: string;
  readonly parts: readonly string[];
  /** Header and claims, decoded. */
  readonly texts: readonly string[];
  readonly header: JsonObject;
  readonly claims: JsonObject;
}

export function readLeniently(token: string): Reading {
  const parts = token.split('.');
  const texts = parts.slice(0, 2).map((part) => Buffer.from(part, 'base64url').toString());
  const [header = {}, claims = {}] = texts.map(objectIn);
  return { token, parts, texts, header, claims };
}

function objectIn(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}

export const STRICTNESS: readonly Strictness[] = [
  {
    name: 'base64url in another spelling',
    reason: 'token_malformed',
    why: 'RFC 7515 section 2 forbids padding and white space; with stray bits one token has many spellings.',
    applies: ({ parts }) =>
      parts.some((part) => Buffer.from(part, 'base64url').toString('base64url') !== part),
  },
  {
    name: 'a member twice',
    reason: 'token_malformed',
    why: 'RFC 7515 section 4 and RFC 7519 section 4 let a reader refuse it: parsers disagree on which one wins.',
    applies: ({ texts }) =>
      texts.some((text) => parseDocument(text).errors.some(({ code }) => code === 'DUPLICATE_KEY')),
  },
  {
    name: 'a byte order mark',
    reason: 'token_malformed',
    why: 'RFC 8259 section 8.1 forbids senders to add one.',
    applies: ({ texts }) => texts.some((text) => text.startsWith('\ufeff')),
  },
  {
    name: 'half a surrogate pair',
    reason: 'token_malformed',
    why: 'RFC 8259 section 8.2: no two readers agree on it, and in a header two users could become one.',
    applies: ({ header, claims }) => [header, claims].some((value) => !isWellFormed(value)),
  },
  {
    name: 'JSON nested deeper than 32',
    reason: 'token_malformed',
    why: 'Whatever walks the claims is bounded.',
    applies: ({ header, claims }) => depth(header) > 32 || depth(claims) > 32,
  },
  {
    name: 'a token over 16 KiB',
    reason: 'token_malformed',
    why: 'The contract bounds it; no server takes headers of that size.',
    applies: ({ token }) => token.length > 16_384,
  },
  {
    name: 'b64',
    reason: 'token_malformed',
    why: 'RFC 7797 section 7 keeps it out of JWTs; a reader that heeds it without crit sees another payload.',
    applies: ({ header }) => Object.hasOwn(header, 'b64'),
  },
  {
    name: 'a typ that is not a string',
    reason: 'token_malformed',
    why: 'RFC 7515 section 4.1.9: it is a string.',
    applies: ({ header }) => Object.hasOwn(header, 'typ') && typeof header.typ !== 'string',
  },
  {
    name: 'a typ of another kind of token',
    reason: 'type_not_allowed',
    why: 'The contract: where a source names no types, absent, JWT, at+jwt and JOSE are taken (RFC 8725 section 3.11).',
    applies: ({ header: { typ } }) =>
      typeof typ === 'string' && !/^(application\/)?((at\+)?jwt|jose)$/i.test(typ),
  },
  {
    name: 'an aud that is neither a string nor strings',
    reason: 'token_malformed',
    why: 'RFC 7519 section 4.1.3; the other library looks only where an audience is asked for.',
    applies: ({ claims: { aud } }) =>
      aud !== undefined && [aud].flat().some((value) => typeof value !== 'string'),
  },
  {
    name: 'an iss or sub that is not a string',
    reason: 'token_malformed',
    why: 'RFC 7519 sections 4.1.1 and 4.1.2.',
    applies: ({ claims: { iss, sub } }) =>
      [iss, sub].some((value) => value !== undefined && typeof value !== 'string'),
  },
  {
    name: 'a time after the last day of the calendar',
    reason: 'token_malformed',
    why: 'It is no date; and an exp in milliseconds would make a token that never expires.',
    applies: ({ claims: { exp, nbf, iat } }) =>
      (typeof exp === 'number' && exp >= 253_402_300_800) ||
      [exp, nbf, iat].some((time) => typeof time === 'number' && Math.abs(time) > 8.64e12),
  },
  {
    name: 'a token bound to its sender',
    reason: 'token_bound',
    why: 'The contract: a bearer check would betray cnf (RFC 7800).',
    applies: ({ claims }) => Object.hasOwn(claims, 'cnf'),
  },
  {
    name: 'an access token without an audience',
    reason: 'audience_mismatch',
    why: 'RFC 9068 section 2.2 demands one.',
    applies: ({ header, claims }) =>
      /^(application\/)?at\+jwt$/i.test(String(header.typ)) && (claims.aud ?? undefined) === undefined,
  },
  {
    name: 'groups left out for their number',
    reason: 'groups_overage',
    why: 'The contract: missing groups must not pass for none.',
    applies: ({ claims }) => Object.hasOwn(claims, 'hasgroups') || Object.hasOwn(claims, '_claim_names'),
  },
];

function depth(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depth));
}

function isWellFormed(value: JsonValue): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => name.isWellFormed() && isWellFormed(member));
}
