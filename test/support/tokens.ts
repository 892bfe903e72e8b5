/** Tokens for tests: signed with node:crypto alone, so that any header and any bytes can be made. */

import { createHmac, generateKeyPairSync, type KeyObject, randomBytes, sign as signBytes } from 'node:crypto';
import type { PublicJwk } from '../../src/policy/policy.ts';

export type SigningKey =
  | { readonly kind: 'pair'; readonly privateKey: KeyObject; readonly jwk: PublicJwk }
  | { readonly kind: 'secret'; readonly bytes: Buffer };

const made = new Map<string, SigningKey>();

/** One key per algorithm and name, made once a test run: RSA keys are slow to make. */
export function signingKey(alg: string, name = 'a'): SigningKey {
  const id = `${alg}/${name}`;
  let key = made.get(id);
  if (key === undefined) {
    key = makeKey(alg, name);
    made.set(id, key);
  }
  return key;
}

/** The public half as a key set holds it. */
export function publicJwk(alg: string, name = 'a', extra: Partial<PublicJwk> = {}): PublicJwk {
  const key = signingKey(alg, name);
  if (key.kind !== 'pair') throw new TypeError(`${alg} has no public key`);
  return { ...key.jwk, ...extra };
}

export function secretBytes(alg: string, name = 'a'): Buffer {
  const key = signingKey(alg, name);
  if (key.kind !== 'secret') throw new TypeError(`${alg} has no secret`);
  return key.bytes;
}

function makeKey(alg: string, kid: string): SigningKey {
  if (alg.startsWith('HS')) return { kind: 'secret', bytes: randomBytes(64) };
  const { privateKey, publicKey } = makePair(alg);
  const { kty, n, e, crv, x, y } = publicKey.export({ format: 'jwk' });
  const members = Object.fromEntries(
    Object.entries({ kty, n, e, crv, x, y }).filter(([, value]) => value !== undefined),
  );
  return { kind: 'pair', privateKey, jwk: { ...members, kid } as PublicJwk };
}

function makePair(alg: string) {
  switch (alg) {
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'ES384':
      return generateKeyPairSync('ec', { namedCurve: 'P-384' });
    case 'ES512':
      return generateKeyPairSync('ec', { namedCurve: 'P-521' });
    case 'ES256K':
      return generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
    case 'EdDSA':
      return generateKeyPairSync('ed25519');
    default:
      return generateKeyPairSync('rsa', { modulusLength: 2048 });
  }
}

export const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

export interface TokenParts {
  readonly alg?: string;
  readonly key?: SigningKey;
  /** Members put over `{alg, kid, typ}`; undefined removes one. */
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: unknown;
}

/** A compact JWS over whatever it is given. A string for the claims is taken as their JSON text. */
export function token({
  alg = 'RS256',
  key = signingKey(alg),
  header = {},
  claims = {},
}: TokenParts): string {
  const kid = key.kind === 'pair' ? key.jwk.kid : undefined;
  const input = `${encode({ alg, kid, typ: 'JWT', ...header })}.${encode(claims)}`;
  return `${input}.${signature(alg, key, Buffer.from(input)).toString('base64url')}`;
}

export function signature(alg: string, key: SigningKey, input: Buffer): Buffer {
  const hash = `sha${alg.replace(/^ES256K$/, 'ES256').slice(-3)}`;
  if (key.kind === 'secret') return createHmac(hash, key.bytes).update(input).digest();
  const { privateKey } = key;
  if (alg === 'EdDSA' || alg === 'Ed25519') return signBytes(null, input, privateKey);
  if (alg.startsWith('ES')) return signBytes(hash, input, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  if (alg.startsWith('PS')) {
    return signBytes(hash, input, { key: privateKey, padding: 6, saltLength: Number(hash.slice(3)) / 8 });
  }
  return signBytes(hash, input, privateKey);
}
