import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { hasRocaMark } from './roca.ts';

const PRIMES = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157];
const PRODUCT = PRIMES.reduce((product, prime) => product * BigInt(prime), 1n);
/** A multiple of every prime that shows the mark, and so without influence on it. */
const BULK = PRODUCT * 2n ** 1900n;
const bytes = (value: bigint) => Buffer.from(value.toString(16).padStart(512, '0'), 'hex');

it('knows a modulus that is a power of 65537 modulo every prime', () => {
  for (const power of [0n, 1n, 5n, 100n]) {
    expect(hasRocaMark(bytes(BULK + 65_537n ** power))).toBe(true);
  }
});

it('is not shown by one that misses a single prime', () => {
  for (const prime of PRIMES.map(BigInt)) {
    // Zero modulo this prime, which no power is; unchanged modulo all others.
    const others = PRODUCT / prime;
    let value = BULK + 65_537n;
    while (value % prime !== 0n) value += others;
    expect(hasRocaMark(bytes(value))).toBe(false);
  }
});

it('is not shown by a key that OpenSSL made', () => {
  const { n } = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
  expect(hasRocaMark(Buffer.from(n ?? '', 'base64url'))).toBe(false);
});
