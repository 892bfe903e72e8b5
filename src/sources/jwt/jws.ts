/** The compact JWS (RFC 7515 section 7.1) and its JWT claims (RFC 7519), parsed strictly. */

import { Buffer } from 'node:buffer';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { keepNewest } from '../../base/newest.ts';
import { decodeCanonical } from '../../keys/base64url.ts';
import { MAX_CREDENTIAL_LENGTH } from '../kind.ts';
import { parseStrictObject, type StrictObject } from './json.ts';

/** The last day that a JavaScript Date can hold; times beyond it are no times. */
const MAX_NUMERIC_DATE = 8.64e12;

/** The year 10000. An `exp` beyond it is milliseconds by mistake: such a token would never expire. */
const NO_EXPIRY = 253_402_300_800;

const COMPACT_JWS = /^([\w-]+)\.([\w-]*)\.([\w-]*)$/;
const COMPACT_JWE = /^([\w-]+)\.[\w-]*\.[\w-]*\.[\w-]*\.[\w-]*$/;

export interface Jws {
  readonly header: JsonObject;
  readonly algorithm: string;
  readonly keyId: string | undefined;
  readonly type: string | undefined;
  readonly claims: JsonObject;
  /** The claims as JSON, just as they were signed. */
  readonly claimsText: string;
  readonly registered: RegisteredClaims;
  readonly signingInput: Buffer;
  readonly signature: Buffer;
}

/** The claims of RFC 7519 section 4.1 that decide something, their types checked. Times in seconds. */
export interface RegisteredClaims {
  readonly issuer: string | undefined;
  readonly audience: readonly string[] | undefined;
  readonly expiresAt: number | undefined;
  readonly notBefore: number | undefined;
  readonly issuedAt: number | undefined;
}

export type ParsedToken =
  | { readonly kind: 'jws'; readonly jws: Jws }
  | { readonly kind: 'encrypted' }
  | { readonly kind: 'malformed'; readonly detail: string };

const malformed = (detail: string): ParsedToken => ({ kind: 'malformed', detail });

/** Never throws. The detail says what is wrong and quotes nothing. */
export function parseToken(token: string): ParsedToken {
  if (token.length > MAX_CREDENTIAL_LENGTH) return malformed('The token is longer than 16 KiB.');
  const parts = COMPACT_JWS.exec(token);
  if (parts === null) {
    return isEncrypted(token)
      ? { kind: 'encrypted' }
      : malformed('The token is not three base64url parts joined by dots.');
  }
  const [, headerPart = '', claimsPart = '', signaturePart = ''] = parts;
  const head = readHeader(headerPart);
  if (typeof head === 'string') return malformed(head);
  const decoded = decodeObject(claimsPart);
  if (decoded === undefined) return malformed("The token's claims are not a plain JSON object in base64url.");
  const { value: claims, text: claimsText } = decoded;
  const registered = readRegistered(claims);
  if (typeof registered === 'string') return malformed(`The token's ${registered}.`);
  // An empty signature is well formed: it is what `none` comes with, and no algorithm here takes it.
  const signature = signaturePart === '' ? Buffer.alloc(0) : decodeCanonical(signaturePart);
  if (signature === undefined) return malformed("The token's signature is not canonical base64url.");
  const signingInput = Buffer.from(token.slice(0, headerPart.length + 1 + claimsPart.length), 'latin1');
  return {
    kind: 'jws',
    jws: {
      header: head.header,
      algorithm: head.algorithm,
      keyId: head.keyId,
      type: head.type,
      claims,
      claimsText,
      registered,
      signingInput,
      signature,
    },
  };
}

type Head = Pick<Jws, 'header' | 'algorithm' | 'keyId' | 'type'>;

/** Headers by their segment: the tokens of one key have the same one, and share what was read of it. */
const heads = new Map<string, Head>();
const MAX_HEADS = 64;
/** Characters of a segment whose header is remembered. */
const MAX_REMEMBERED = 512;

/** The header that a segment holds, or what is wrong with it. */
function readHeader(segment: string): Head | string {
  const known = heads.get(segment);
  if (known !== undefined) return known;
  const header = decodeObject(segment)?.value;
  if (header === undefined) return "The token's header is not a plain JSON object in base64url.";
  const problem = headerProblem(header);
  if (problem !== undefined) return problem;
  const head: Head = {
    header,
    algorithm: String(header.alg),
    keyId: stringOrUndefined(header.kid),
    type: stringOrUndefined(header.typ),
  };
  if (segment.length <= MAX_REMEMBERED) {
    // A copy, for a part of a text keeps the whole of it in memory, and that is a token.
    heads.set(Buffer.from(segment, 'latin1').toString('latin1'), head);
    keepNewest(heads, MAX_HEADS);
  }
  return head;
}

/** Whether it begins as a JWS or a JWE does, with a JSON object: also where that is not as it should be. */
export function hasHeader(credential: string): boolean {
  const end = credential.indexOf('.');
  const header = credential.slice(0, Math.min(end, MAX_CREDENTIAL_LENGTH));
  return end > 0 && Buffer.from(header, 'base64url').toString('latin1').trimStart().startsWith('{');
}

/** A compact JWE has five parts and names its content encryption (RFC 7516 section 4.1.2). */
function isEncrypted(token: string): boolean {
  const header = decodeObject(COMPACT_JWE.exec(token)?.[1] ?? '')?.value;
  return header !== undefined && typeof header.enc === 'string';
}

function decodeObject(segment: string): StrictObject | undefined {
  const bytes = decodeCanonical(segment);
  return bytes === undefined ? undefined : parseStrictObject(bytes);
}

/**
 * `crit` names extensions that must be understood and we understand none; `b64` (RFC 7797) changes what
 * was signed. Key material and addresses in the header (jku, jwk, x5u, x5c) are never looked at. A kid or typ that is
 * null is absent: some issuers write what they do not set.
 */
function headerProblem(header: JsonObject): string | undefined {
  if (typeof header.alg !== 'string') return "The token's header names no algorithm.";
  if (Object.hasOwn(header, 'crit')) return "The token's header has critical extensions (crit).";
  if (Object.hasOwn(header, 'b64')) return "The token's header changes the payload's encoding (b64).";
  for (const name of ['kid', 'typ'] as const) {
    const value = header[name];
    if (value !== undefined && value !== null && typeof value !== 'string') {
      return `The token's header has a ${name} that is not a string.`;
    }
  }
  return undefined;
}

/**
 * The registered claims, or what is wrong with the first one that is wrong. An iss, sub or aud that is null is absent,
 * and what asks for one refuses it; a time that is null might have been the end of the token.
 */
function readRegistered(claims: JsonObject): RegisteredClaims | string {
  const { exp, nbf, iat } = claims;
  const iss = claims.iss ?? undefined;
  const sub = claims.sub ?? undefined;
  const aud = claims.aud ?? undefined;
  if (iss !== undefined && typeof iss !== 'string') return `iss ${WRONG_TYPE}`;
  if (sub !== undefined && typeof sub !== 'string') return `sub ${WRONG_TYPE}`;
  const audience = aud === undefined ? undefined : readAudience(aud);
  if (audience === null) return `aud ${WRONG_TYPE}`;
  if (exp !== undefined && !(isNumericDate(exp) && exp < NO_EXPIRY)) return `exp ${NO_TIME}`;
  if (nbf !== undefined && !isNumericDate(nbf)) return `nbf ${NO_TIME}`;
  if (iat !== undefined && !isNumericDate(iat)) return `iat ${NO_TIME}`;
  return { issuer: iss, audience, expiresAt: exp, notBefore: nbf, issuedAt: iat };
}

const WRONG_TYPE = 'claim has the wrong type';
const NO_TIME = 'claim is not a time in seconds';

function readAudience(aud: JsonValue): readonly string[] | null {
  if (typeof aud === 'string') return [aud];
  if (!Array.isArray(aud)) return null;
  const values: string[] = [];
  for (const value of aud) {
    if (typeof value !== 'string') return null;
    values.push(value);
  }
  return values;
}

function isNumericDate(value: JsonValue): value is number {
  return typeof value === 'number' && Math.abs(value) <= MAX_NUMERIC_DATE;
}

function stringOrUndefined(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
