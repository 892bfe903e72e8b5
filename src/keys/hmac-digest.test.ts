import { createHmac, createPublicKey, createSecretKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hmacDigest } from './hmac-digest.ts';

const HASHES = ['sha256', 'sha384', 'sha512'] as const;
/** Shorter than a block of each hash, as long, and longer. */
const secrets = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 300 }),
  fc.constantFrom(63, 64, 65, 127, 128, 129).chain((n) => fc.uint8Array({ minLength: n, maxLength: n })),
);

it('is the HMAC of node:crypto, whatever secret and message', () => {
  const messages = fc.array(fc.uint8Array({ maxLength: 20_000, size: 'max' }), {
    minLength: 1,
    maxLength: 3,
  });
  fc.assert(
    fc.property(fc.constantFrom(...HASHES), secrets, messages, (name, secret, all) => {
      const key = createSecretKey(secret);
      // The second and the third find what was remembered of the key.
      for (const message of all) {
        expect(hmacDigest(name, key, message)).toEqual(createHmac(name, key).update(message).digest());
      }
    }),
  );
});

it('keeps the hashes and the keys apart', () => {
  const message = Buffer.from('message');
  const keys = ['first', 'other'].map((text) => createSecretKey(Buffer.from(text.padEnd(64))));
  const digests = keys.flatMap((key) => HASHES.map((name) => hmacDigest(name, key, message)));
  expect(new Set(digests.map((digest) => Buffer.from(digest).toString('hex'))).size).toBe(6);
});

it('throws for a key that is no secret, and keeps nothing of it', () => {
  const { publicKey } = generateKeyPairSync('ed25519');
  const key = createPublicKey(publicKey.export({ format: 'pem', type: 'spki' }));
  for (let i = 0; i < 2; i++) expect(() => hmacDigest('sha256', key, Buffer.from('message'))).toThrow();
});
