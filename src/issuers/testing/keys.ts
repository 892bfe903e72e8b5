/** For tests: public keys as providers publish them. */

import { generateKeyPairSync } from 'node:crypto';

export function publicJwk(kid: string): Readonly<Record<string, unknown>> {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig' };
}
