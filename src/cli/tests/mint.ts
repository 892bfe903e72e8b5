/** Keys of a test run's own, which stand in for those of the sources, and tokens signed with them. */

import {
  constants,
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign as signBytes,
} from 'node:crypto';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { ALGORITHMS, type Algorithm, type Curve, isAlgorithm } from '../../keys/algorithms.ts';
import { claimReader } from '../../matching/claims.ts';
import type { PublicJwk } from '../../policy/policy.ts';
import type { JwtPolicy } from '../../sources/jwt/policy.ts';

export type TestKey =
  | { readonly kind: 'pair'; readonly privateKey: KeyObject; readonly jwk: PublicJwk }
  | { readonly kind: 'secret'; readonly secret: Uint8Array };

/** The kid of every key of a run. */
export const TEST_KID = 'portcullis-test';

/** The one that the header names, if it fits; else the first that the source allows; else ES256, or HS256. */
export function algorithmFor(
  allowed: readonly string[],
  isHmac: boolean,
  named: JsonValue | undefined,
): Algorithm {
  const fits = (name: JsonValue | undefined): name is Algorithm =>
    isAlgorithm(name) && (ALGORITHMS[name].family === 'HMAC') === isHmac;
  return [named, ...allowed].find(fits) ?? (isHmac ? 'HS256' : 'ES256');
}

export function makeKey(algorithm: Algorithm): TestKey {
  const entry = ALGORITHMS[algorithm];
  if (entry.family === 'HMAC') return { kind: 'secret', secret: randomBytes(entry.signatureLength) };
  const { privateKey, publicKey } = makePair('curve' in entry ? entry.curve : undefined);
  // What the language of JWK has for such keys is what PublicJwk names.
  return {
    kind: 'pair',
    privateKey,
    jwk: { ...(publicKey.export({ format: 'jwk' }) as PublicJwk), kid: TEST_KID },
  };
}

const OPENSSL_CURVES = {
  'P-256': 'P-256',
  'P-384': 'P-384',
  'P-521': 'P-521',
  secp256k1: 'secp256k1',
} as const;

function makePair(curve: Curve | undefined) {
  if (curve === undefined) return generateKeyPairSync('rsa', { modulusLength: 2048 });
  if (curve === 'Ed25519') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('ec', { namedCurve: OPENSSL_CURVES[curve] });
}

/** A member that is null is left out of the claims, and of the header. */
export function mint(algorithm: Algorithm, key: TestKey, header: JsonObject, claims: JsonObject): string {
  const whole = { alg: algorithm, kid: TEST_KID, typ: 'JWT', ...header };
  const input = `${encode(whole)}.${encode(claims)}`;
  return `${input}.${signature(algorithm, key, Buffer.from(input)).toString('base64url')}`;
}

function encode(object: JsonObject): string {
  const members = Object.entries(object).filter(([, value]) => value !== null);
  return Buffer.from(JSON.stringify(Object.fromEntries(members))).toString('base64url');
}

function signature(algorithm: Algorithm, key: TestKey, input: Buffer): Buffer {
  const entry = ALGORITHMS[algorithm];
  if (key.kind === 'secret') {
    return createHmac('hash' in entry ? entry.hash : 'sha256', key.secret)
      .update(input)
      .digest();
  }
  const { privateKey } = key;
  switch (entry.family) {
    case 'RSASSA-PKCS1-v1_5':
      return signBytes(entry.hash, input, privateKey);
    case 'RSASSA-PSS':
      return signBytes(entry.hash, input, {
        key: privateKey,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: entry.saltLength,
      });
    case 'ECDSA':
      return signBytes(entry.hash, input, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    case 'EdDSA':
      return signBytes(null, input, privateKey);
    case 'HMAC':
      throw new TypeError('a pair of keys makes no HMAC');
  }
}

/** Seconds. */
const LIFETIME = 300;
const SOME_TENANT = '00000000-0000-4000-8000-000000000000';

/** What a token of the source needs, where the test does not say otherwise. A claim that is null is said, too. */
export function claimsWithDefaults(claims: JsonObject, source: SourceDemands, at: number): JsonObject {
  const now = Math.floor(at);
  const [audience] = source.audiences;
  const known = {
    ...issuerOf(source, claims),
    ...(audience !== undefined && { aud: audience }),
    iat: now,
    exp: now + LIFETIME,
    ...claims,
  };
  const isSaid = (name: string): boolean => claimReader(name)(known) !== undefined;
  const { clientIDs, mapping, requiredClaims } = source;
  const demanded = requiredClaims.filter(({ claim }) => !isSaid(claim));
  const client = mapping.client.some(isSaid) ? [] : mapping.client.slice(0, 1);
  return {
    ...Object.fromEntries(client.flatMap((claim) => clientIDs.slice(0, 1).map((id) => [claim, id]))),
    // What must merely be there has no value that one could know. A flat name is read before a path.
    ...Object.fromEntries(
      demanded.flatMap(({ claim, values }) => values.slice(0, 1).map((value) => [claim, value])),
    ),
    ...known,
  };
}

/** The first `typ` that the source takes, should it say; '' is a token without. */
export function headerWithDefaults(header: JsonObject, { tokenTypes }: SourceDemands): JsonObject {
  const [type] = tokenTypes;
  return type === undefined ? header : { typ: type === '' ? null : type, ...header };
}

/** What a source asks of every token. */
export type SourceDemands = Pick<
  JwtPolicy,
  'issuers' | 'tenantIssuer' | 'audiences' | 'clientIDs' | 'tokenTypes' | 'requiredClaims'
> & { readonly mapping: Pick<JwtPolicy['mapping'], 'client'> };

function issuerOf({ issuers, tenantIssuer }: SourceDemands, { tid }: JsonObject): JsonObject {
  if (tenantIssuer === undefined) return issuers[0] === undefined ? {} : { iss: issuers[0] };
  const [first = SOME_TENANT] = tenantIssuer.tenants === '*' ? [] : tenantIssuer.tenants;
  const tenant = typeof tid === 'string' ? tid : first;
  return { iss: tenantIssuer.prefix + tenant + tenantIssuer.suffix, tid: tenant };
}
