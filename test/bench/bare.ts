/** What verifying a signature costs by itself: node:crypto with a cached key, and nothing around it. */

import {
  constants,
  createHmac,
  createPublicKey,
  type JsonWebKeyInput,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import { publicJwk, secretBytes, token } from '../support/tokens.ts';

const MILLISECONDS = 500;

/** Microseconds of CPU for one verification. */
export function bareVerification(alg: string): number {
  const text = token({ alg, claims: { sub: 'bench' } });
  const at = text.lastIndexOf('.');
  const input = Buffer.from(text.slice(0, at));
  const signature = Buffer.from(text.slice(at + 1), 'base64url');
  const check = verifier(alg, input, signature);
  const begun = process.cpuUsage();
  const deadline = performance.now() + MILLISECONDS;
  let count = 0;
  while (performance.now() < deadline) {
    for (let i = 0; i < 20; i++) if (!check()) throw new Error(`a good ${alg} signature was refused`);
    count += 20;
  }
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / count;
}

function verifier(alg: string, input: Buffer, signature: Buffer): () => boolean {
  const hash = `sha${alg.replace('ES256K', 'ES256').slice(-3)}`;
  if (alg.startsWith('HS')) {
    const secret = secretBytes(alg);
    return () => timingSafeEqual(createHmac(hash, secret).update(input).digest(), signature);
  }
  const key = createPublicKey({ key: publicJwk(alg) as JsonWebKeyInput['key'], format: 'jwk' });
  if (alg === 'EdDSA') return () => verify(null, input, key, signature);
  if (alg.startsWith('ES')) return () => verify(hash, input, { key, dsaEncoding: 'ieee-p1363' }, signature);
  if (alg.startsWith('PS')) {
    const saltLength = Number(hash.slice(3)) / 8;
    return () =>
      verify(hash, input, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }, signature);
  }
  return () => verify(hash, input, key, signature);
}
