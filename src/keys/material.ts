/** Checks the members that make the key of a public JWK (RFC 7518 section 6, RFC 8037). */

import type { JsonObject } from '../base/json.ts';
import type { PublicJwk } from '../policy/policy.ts';
import type { Curve } from './algorithms.ts';
import { decodeCanonical } from './base64url.ts';
import { ed25519Problem } from './ed25519.ts';
import { hasRocaMark } from './roca.ts';

export type Members = Pick<PublicJwk, 'kty' | 'crv' | 'n' | 'e' | 'x' | 'y'>;

export interface Material {
  readonly kind: 'material';
  readonly kty: 'RSA' | 'EC' | 'OKP';
  readonly curve: Curve | undefined;
  readonly modulusLength: number | undefined;
  /** In canonical spelling, and no others. */
  readonly members: Members;
}

export interface KeyRefused {
  readonly kind: 'refused';
  /** Completes "the key …" and quotes none of its material. */
  readonly problem: string;
  /** Nothing is wrong with the key but its size. */
  readonly tooShort?: true;
}

export const keyRefused = (problem: string): KeyRefused => ({ kind: 'refused', problem });

const MIN_MODULUS_BITS = 2048;
const MAX_MODULUS_BITS = 16_384;
/** Larger exponents have no use, and make each verification as expensive as the key's owner likes. */
const MAX_EXPONENT_BYTES = 4;

/** Each curve's coordinate length in bytes (RFC 7518 section 6.2.1.2). */
const EC_CURVES: ReadonlyMap<string, { readonly curve: Curve; readonly length: number }> = new Map([
  ['P-256', { curve: 'P-256', length: 32 }],
  ['P-384', { curve: 'P-384', length: 48 }],
  ['P-521', { curve: 'P-521', length: 66 }],
  ['secp256k1', { curve: 'secp256k1', length: 32 }],
]);

/** Checks all but whether an EC point is on its curve, which OpenSSL does. */
export function readMaterial(jwk: JsonObject): Material | KeyRefused {
  switch (jwk.kty) {
    case 'RSA':
      return readRsa(jwk);
    case 'EC':
      return readEc(jwk);
    case 'OKP':
      return readOkp(jwk);
    default:
      return keyRefused('is of a type other than RSA, EC and OKP');
  }
}

function readRsa(jwk: JsonObject): Material | KeyRefused {
  const modulus = withoutSignOctet(memberBytes(jwk.n));
  const exponent = memberBytes(jwk.e);
  if (modulus === undefined) return keyRefused('has an n that is not canonical base64url of an integer');
  if (exponent === undefined || exponent[0] === 0) {
    return keyRefused('has an e that is not canonical base64url of an integer');
  }
  const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24;
  if (bits < MIN_MODULUS_BITS) {
    const problem = `has ${bits} bits: RSA keys under ${MIN_MODULUS_BITS} bits are too weak`;
    return { ...keyRefused(problem), tooShort: true };
  }
  if (bits > MAX_MODULUS_BITS) return keyRefused(`has ${bits} bits: at most ${MAX_MODULUS_BITS} are taken`);
  if (isEven(modulus)) return keyRefused('has an even modulus');
  if (hasRocaMark(modulus))
    return keyRefused('is from a broken generator (CVE-2017-15361): anyone can factor it');
  if (exponent.length > MAX_EXPONENT_BYTES) {
    return keyRefused(`has an exponent of more than ${MAX_EXPONENT_BYTES * 8} bits`);
  }
  if (isEven(exponent) || exponent.readUIntBE(0, exponent.length) < 3) {
    return keyRefused('has an exponent that is even or under 3');
  }
  const members = {
    kty: 'RSA',
    n: modulus.toString('base64url'),
    e: exponent.toString('base64url'),
  } as const;
  return { kind: 'material', kty: 'RSA', curve: undefined, modulusLength: modulus.length, members };
}

function readEc(jwk: JsonObject): Material | KeyRefused {
  const known = typeof jwk.crv === 'string' ? EC_CURVES.get(jwk.crv) : undefined;
  if (known === undefined) return keyRefused('is on a curve other than P-256, P-384, P-521 and secp256k1');
  const { curve, length } = known;
  const x = memberBytes(jwk.x);
  const y = memberBytes(jwk.y);
  if (x?.length !== length || y?.length !== length) {
    return keyRefused(
      `has an x or y that is not canonical base64url of ${length} bytes, as ${curve} has them`,
    );
  }
  const members = { kty: 'EC', crv: curve, x: x.toString('base64url'), y: y.toString('base64url') } as const;
  return { kind: 'material', kty: 'EC', curve, modulusLength: undefined, members };
}

function readOkp(jwk: JsonObject): Material | KeyRefused {
  if (jwk.crv !== 'Ed25519') return keyRefused('is on a curve other than Ed25519');
  const x = memberBytes(jwk.x);
  if (x?.length !== 32) return keyRefused('has an x that is not canonical base64url of 32 bytes');
  const problem = ed25519Problem(x);
  if (problem !== undefined) return keyRefused(`is not sound: ${problem}`);
  const members = { kty: 'OKP', crv: 'Ed25519', x: x.toString('base64url') } as const;
  return { kind: 'material', kty: 'OKP', curve: 'Ed25519', modulusLength: undefined, members };
}

function memberBytes(value: unknown): Buffer | undefined {
  return typeof value === 'string' ? decodeCanonical(value) : undefined;
}

/**
 * RFC 7518 section 6.3.1.1 knows of libraries that put a sign octet before the modulus. It changes no key,
 * so one is dropped; more than that is refused.
 */
function withoutSignOctet(modulus: Buffer | undefined): Buffer | undefined {
  const bytes = modulus?.[0] === 0 ? modulus.subarray(1) : modulus;
  return bytes === undefined || bytes.length === 0 || bytes[0] === 0 ? undefined : bytes;
}

function isEven(integer: Uint8Array): boolean {
  return ((integer.at(-1) ?? 0) & 1) === 0;
}
