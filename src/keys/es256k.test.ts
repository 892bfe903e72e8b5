import { generateKeyPairSync, sign } from 'node:crypto';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { expect, it } from 'vitest';
import { importJwk } from './jwk.ts';
import type { VerificationKey } from './key.ts';
import { isSignatureValid } from './verify.ts';

const INPUT = Buffer.from('eyJhbGciOiJFUzI1NksifQ.e30');

function importKey(jwk: unknown): VerificationKey {
  const imported = importJwk(jwk);
  if (imported.kind === 'refused') throw new Error(imported.problem);
  return imported.key;
}

it('takes what another library signed, whether s is low or not (RFC 8812)', () => {
  for (let round = 0; round < 20; round += 1) {
    const secret = Buffer.alloc(32, round + 1);
    const point = secp256k1.getPublicKey(secret, false);
    const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) =>
      Buffer.from(half).toString('base64url'),
    );
    const key = importKey({ kty: 'EC', crv: 'secp256k1', x, y });
    const signature = secp256k1.sign(INPUT, secret, { lowS: round % 2 === 0 });
    expect(isSignatureValid('ES256K', key, INPUT, signature)).toBe(true);
    expect(isSignatureValid('ES256', key, INPUT, signature)).toBe(false);
  }
});

it('another library takes and refuses the same signatures', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
  const { x, y } = publicKey.export({ format: 'jwk' });
  const key = importKey({ kty: 'EC', crv: 'secp256k1', x, y });
  const point = Buffer.concat([
    Buffer.of(4),
    Buffer.from(x ?? '', 'base64url'),
    Buffer.from(y ?? '', 'base64url'),
  ]);
  const theirs = (signature: Uint8Array) => secp256k1.verify(signature, INPUT, point, { lowS: false });
  for (let byte = 0; byte < 64; byte += 1) {
    const signature = sign('sha256', INPUT, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    expect([isSignatureValid('ES256K', key, INPUT, signature), theirs(signature)]).toEqual([true, true]);
    signature[byte] = (signature[byte] ?? 0) ^ 1;
    expect([isSignatureValid('ES256K', key, INPUT, signature), theirs(signature)]).toEqual([false, false]);
  }
});
