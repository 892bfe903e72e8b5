/** A public JSON Web Key (RFC 7517, RFC 7518 section 6, RFC 8037) becomes a key to verify with, or is refused. */

import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { PublicJwk } from '../policy/policy.ts';
import { type Algorithm, canonicalAlgorithm, isAlgorithm } from './algorithms.ts';
import { algorithmsFor, type VerificationKey } from './key.ts';
import { type KeyRefused, keyRefused, type Material, type Members, readMaterial } from './material.ts';

export type JwkImport =
  /** `jwk` holds the public members alone, fit to be stored and sent. */
  { readonly kind: 'key'; readonly key: VerificationKey; readonly jwk: PublicJwk } | KeyRefused;

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const MAX_KID_LENGTH = 1024;
const MAX_ISSUER_LENGTH = 2048;
const MAX_KEY_OPS = 16;
const MAX_KEY_OPS_LENGTH = 64;

/** What a key's `use` may be, where it has one. */
export type KeyUses = readonly ['sig'] | readonly ['sig', 'jwt-svid'];

export const SIGNATURES: KeyUses = ['sig'];
/** Those of a SPIFFE trust domain, too (JWT-SVID section 5). */
export const SVIDS: KeyUses = ['sig', 'jwt-svid'];

/** Keys for other uses, which many sets contain: nothing is missing without them. */
const OTHER_USES: readonly JsonValue[] = ['enc', 'x509-svid'];

/** True for a member of a key set that is meant for something other than tokens' signatures. */
export function isForOthers(jwk: unknown): boolean {
  return isJsonObject(jwk) && jwk.use !== undefined && OTHER_USES.includes(jwk.use);
}

/**
 * Imports one public key. Members that this product has no use for (x5c, x5u, x5t, …) are ignored, never
 * followed; those that are null or empty are absent. Never throws, whatever the argument is.
 */
export function importJwk(written: unknown, uses: KeyUses = SIGNATURES): JwkImport {
  if (!isJsonObject(written)) return keyRefused('is not a JSON object');
  const jwk = withoutEmpty(written);
  const secret = jwk.kty === 'oct' || PRIVATE_MEMBERS.some((member) => Object.hasOwn(jwk, member));
  if (secret) return keyRefused('is private: publish the public members of public keys alone');

  const { kid, issuer } = jwk;
  if (!isBoundedString(kid, MAX_KID_LENGTH)) {
    return keyRefused(`has a kid that is not a string of at most ${MAX_KID_LENGTH} characters`);
  }
  if (!isBoundedString(issuer, MAX_ISSUER_LENGTH)) {
    return keyRefused(`has an issuer that is not a string of at most ${MAX_ISSUER_LENGTH} characters`);
  }
  const misuse = usageProblem(jwk.use, jwk.key_ops, uses);
  if (misuse !== undefined) return keyRefused(misuse);

  const material = readMaterial(jwk);
  if (material.kind === 'refused') return material;
  const algorithms = permitted(material, jwk.alg);
  if (typeof algorithms === 'string') return keyRefused(algorithms);

  let keyObject: KeyObject;
  try {
    keyObject = createPublicKey({ key: { ...material.members }, format: 'jwk' });
  } catch {
    return keyRefused(material.kty === 'EC' ? `is not a point on ${material.curve}` : 'is not a valid key');
  }
  const publicJwk = toPublicJwk(jwk, material.members);
  return {
    kind: 'key',
    jwk: publicJwk,
    key: {
      kid,
      type: material.kty,
      curve: material.curve,
      algorithms,
      keyObject,
      modulusLength: material.modulusLength,
      issuer,
      thumbprint: thumbprint(material.members),
    },
  };
}

/** Libraries write members that a key does not have as null, "" or []: `"oth": []` holds no secret. */
function withoutEmpty(jwk: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(jwk).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: JsonValue): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

function isBoundedString(value: unknown, maxLength: number): value is string | undefined {
  return value === undefined || (typeof value === 'string' && value.length <= maxLength);
}

/** RFC 7517 sections 4.2 and 4.3: either may be absent; together they must agree. */
function usageProblem(use: unknown, operations: unknown, uses: KeyUses): string | undefined {
  if (use !== undefined && !uses.some((known) => known === use)) {
    return use === 'jwt-svid'
      ? 'is a SPIFFE key, whose use is "jwt-svid": say preset: SPIFFE, or name JOSE in tokenTypes'
      : 'is not for signatures: its use is not "sig"';
  }
  if (operations === undefined) return undefined;
  if (!isStringArray(operations)) return 'has key_ops that are not an array of strings';
  if (
    operations.length > MAX_KEY_OPS ||
    operations.some((operation) => operation.length > MAX_KEY_OPS_LENGTH)
  ) {
    return 'has more or longer key_ops than any key needs';
  }
  if (new Set(operations).size !== operations.length) return 'repeats a value in its key_ops';
  if (!operations.includes('verify')) return 'is not for verification: its key_ops lack "verify"';
  if (use !== undefined && operations.some((operation) => operation !== 'verify' && operation !== 'sign')) {
    return 'contradicts itself: its use is for signatures, its key_ops say otherwise';
  }
  return undefined;
}

function isStringArray(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'string');
}

/** The key's algorithms, or what is wrong with its `alg`. */
function permitted(material: Material, alg: unknown): readonly Algorithm[] | string {
  const possible = algorithmsFor(material.kty, material.curve);
  if (alg === undefined) return possible;
  if (!isAlgorithm(alg)) return 'is for an algorithm that is not supported here';
  const own = possible.filter((name) => canonicalAlgorithm(name) === canonicalAlgorithm(alg));
  if (own.length === 0) return `contradicts itself: ${alg} is not for ${material.curve ?? material.kty} keys`;
  return own;
}

function toPublicJwk(jwk: JsonObject, members: Members): PublicJwk {
  const { kid, use, key_ops, alg, issuer } = jwk;
  return {
    ...members,
    ...(typeof kid === 'string' && { kid }),
    // Where it is stored, each key is one that serves.
    ...(typeof use === 'string' && { use: 'sig' }),
    ...(isStringArray(key_ops) && { key_ops }),
    ...(typeof alg === 'string' && { alg }),
    ...(typeof issuer === 'string' && { issuer }),
  };
}

/** RFC 7638 section 3: the required members, in lexicographic order, hashed. */
function thumbprint({ kty, crv, e, n, x, y }: Members): string {
  const json = JSON.stringify(kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y });
  return createHash('sha256').update(json).digest('base64url');
}
