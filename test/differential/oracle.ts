/** The second opinion: jose, and for ES256K, which it does not know, @noble/curves under jose's claim checks. */

import { secp256k1 } from '@noble/curves/secp256k1.js';
import {
  base64url,
  createLocalJWKSet,
  decodeProtectedHeader,
  errors,
  type JWTVerifyOptions,
  jwtVerify,
  UnsecuredJWT,
} from 'jose';
import type { JwtPolicy } from '../../src/sources/jwt/policy.ts';
import { publicJwk, secretBytes } from '../support/tokens.ts';
import { PUBLIC_KEYS, SECRET_KEY } from './forge.ts';

const PUBLIC_ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'ES256K', 'EdDSA', 'Ed25519'],
];
const SECRET_ALGORITHMS = ['HS256', 'HS384', 'HS512'];

/** True if the other library would take the token under the same rules. `now` in Unix seconds. */
export async function othersAccept(token: string, policy: JwtPolicy, now: number): Promise<boolean> {
  const options = optionsOf(policy, now);
  try {
    if (policy.keys.kind === 'hmac') await verifyWithSecret(token, options);
    else if (isEs256k(token)) verifyEs256k(token, options);
    else await verifyWithKeySet(token, options);
    return true;
  } catch (error) {
    // Anything but its own refusals is a fault of this test.
    if (error instanceof errors.JOSEError || error instanceof TypeError) return false;
    throw error;
  }
}

function optionsOf(policy: JwtPolicy, now: number): JWTVerifyOptions {
  const all = policy.keys.kind === 'hmac' ? SECRET_ALGORITHMS : PUBLIC_ALGORITHMS;
  // The contract's own: two spellings of one algorithm.
  const ed25519 = ['EdDSA', 'Ed25519'];
  const named = policy.algorithms.flatMap((name) => (ed25519.includes(name) ? ed25519 : [name]));
  return {
    algorithms: named.length === 0 ? all : all.filter((name) => named.includes(name)),
    clockTolerance: policy.clockSkew,
    currentDate: new Date(now * 1000),
    requiredClaims: policy.expiration === 'Required' ? ['exp'] : [],
    ...(policy.issuers.length > 0 && { issuer: [...policy.issuers] }),
    ...(policy.audiences.length > 0 && { audience: [...policy.audiences] }),
    ...(policy.maxTokenAge !== undefined && { maxTokenAge: policy.maxTokenAge }),
    ...(policy.tokenTypes[0] !== undefined && { typ: policy.tokenTypes[0] }),
  };
}

const keySet = createLocalJWKSet({
  keys: PUBLIC_KEYS.map((alg) => {
    const { key_ops: _unset, ...jwk } = publicJwk(alg, alg);
    return jwk;
  }),
});

async function verifyWithKeySet(token: string, options: JWTVerifyOptions): Promise<void> {
  await jwtVerify(token, ({ kid, ...header }) => keySet(isNull(kid) ? header : { ...header, kid }), options);
}

/** The contract's own: a kid that is null is absent. The other library looks for a key of that kid. */
const isNull = (kid: unknown): boolean => kid === null;

/** The secret has the kid of its algorithm; a token without kid may use it too. */
async function verifyWithSecret(token: string, options: JWTVerifyOptions): Promise<void> {
  const { kid } = decodeProtectedHeader(token);
  if (kid !== undefined && !isNull(kid) && kid !== SECRET_KEY) throw new errors.JWKSNoMatchingKey();
  await jwtVerify(token, secretBytes(SECRET_KEY, SECRET_KEY), options);
}

function isEs256k(token: string): boolean {
  try {
    return decodeProtectedHeader(token).alg === 'ES256K';
  } catch {
    return false;
  }
}

const es256kPoint = () => {
  const { x = '', y = '' } = publicJwk('ES256K', 'ES256K');
  return Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
};

/** Signature by @noble/curves; the claims by jose, as those of an unsecured JWT. */
function verifyEs256k(token: string, options: JWTVerifyOptions): void {
  const { alg, kid, crit, typ } = decodeProtectedHeader(token);
  const parts = token.split('.');
  const [header = '', claims = '', signature = ''] = parts;
  const permitted = options.algorithms?.includes(String(alg)) === true;
  const known = kid === undefined || isNull(kid) || kid === 'ES256K';
  const bytes = base64url.decode(signature);
  if (parts.length !== 3 || bytes.length !== 64 || !permitted || !known || crit !== undefined)
    throw new errors.JWSInvalid();
  const valid = secp256k1.verify(
    base64url.decode(signature),
    Buffer.from(`${header}.${claims}`),
    es256kPoint(),
    {
      lowS: false,
    },
  );
  if (!valid) throw new errors.JWSSignatureVerificationFailed();
  const unsecured = base64url.encode(JSON.stringify({ alg: 'none', typ }));
  UnsecuredJWT.decode(`${unsecured}.${claims}.`, options);
}
