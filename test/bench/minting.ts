/** Tokens by the thousand, and forged ones that look just like them. */

import { randomBytes } from 'node:crypto';
import { signingKey, token } from '../support/tokens.ts';
import { ISSUER } from './manifests.ts';

const claims = (n: number) => ({
  iss: ISSUER,
  aud: 'bench',
  sub: `user-${n}`,
  preferred_username: `User ${n}`,
  groups: ['user', 'reader', `team-${n % 50}`],
  scope: 'orders:read orders:write',
  azp: 'bench-client',
  jti: `${n}`,
  iat: Math.floor(Date.now() / 1000),
  exp: Math.floor(Date.now() / 1000) + 24 * 3600,
});

/** Different valid tokens, one a line. */
export function mint(alg: string, count: number): string {
  const key = signingKey(alg);
  return Array.from({ length: count }, (_, n) => `${token({ alg, key, claims: claims(n) })}\n`).join('');
}

/** A token that nothing but its signature speaks against. */
export function forge(alg: string, signatureBytes: number): string {
  const signed = token({ alg, claims: { ...claims(0), jti: randomBytes(16).toString('hex') } });
  return `${signed.slice(0, signed.lastIndexOf('.'))}.${randomBytes(signatureBytes).toString('base64url')}`;
}
