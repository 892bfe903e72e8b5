import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Algorithm } from './algorithms.ts';
import { importHmac } from './hmac.ts';
import { importJwk } from './jwk.ts';
import type { VerificationKey } from './key.ts';
import { selectKeys } from './select.ts';

const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
const P256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;

function key(publicKey: KeyObject, kid?: string, alg?: string): VerificationKey {
  const jwk = {
    ...publicKey.export({ format: 'jwk' }),
    ...(kid !== undefined && { kid }),
    ...(alg && { alg }),
  };
  const imported = importJwk(jwk);
  if (imported.kind === 'refused') throw new Error(imported.problem);
  return imported.key;
}

function secret(kid?: string, length = 64): VerificationKey {
  const imported = importHmac(Buffer.alloc(length, 1), kid);
  if (imported.kind === 'too_short') throw new Error(imported.problem);
  return imported.key;
}

const rsaA = key(RSA, 'a');
const rsaB = key(RSA, 'b', 'RS256');
const ecA = key(P256, 'a');
const bare = key(RSA);
const emptyKid = key(RSA, '');

interface Case {
  readonly name: string;
  readonly keys: readonly VerificationKey[];
  readonly kid?: string;
  readonly alg: Algorithm;
  readonly expected: readonly VerificationKey[] | 'unknown' | 'not_permitted';
}

test.each<Case>([
  { name: 'the key of that kid', keys: [rsaB, rsaA], kid: 'a', alg: 'RS256', expected: [rsaA] },
  { name: 'no key of that kid', keys: [rsaA, rsaB], kid: 'c', alg: 'RS256', expected: 'unknown' },
  { name: 'a kid in another case', keys: [rsaA], kid: 'A', alg: 'RS256', expected: 'unknown' },
  { name: 'a kid with a space', keys: [rsaA], kid: 'a ', alg: 'RS256', expected: 'unknown' },
  { name: 'a kid, and keys without', keys: [bare], kid: 'a', alg: 'RS256', expected: 'unknown' },
  { name: 'an empty kid, and keys without', keys: [bare], kid: '', alg: 'RS256', expected: 'unknown' },
  { name: 'an empty kid', keys: [bare, emptyKid], kid: '', alg: 'RS256', expected: [emptyKid] },
  {
    name: 'a kid like a member of Object',
    keys: [rsaA],
    kid: '__proto__',
    alg: 'RS256',
    expected: 'unknown',
  },
  {
    name: 'two keys of one kid that fit',
    keys: [rsaA, rsaB, rsaA],
    kid: 'a',
    alg: 'PS256',
    expected: [rsaA, rsaA],
  },
  { name: 'two keys of one kid, one fits', keys: [rsaA, ecA], kid: 'a', alg: 'ES256', expected: [ecA] },
  {
    name: 'five keys of one kid',
    keys: Array(5).fill(rsaA),
    kid: 'a',
    alg: 'RS256',
    expected: Array(4).fill(rsaA),
  },
  { name: 'a key of another type', keys: [rsaA, rsaB], kid: 'a', alg: 'ES256', expected: 'not_permitted' },
  { name: 'a key for another algorithm', keys: [rsaB], kid: 'b', alg: 'RS512', expected: 'not_permitted' },
  { name: 'a key on another curve', keys: [ecA], kid: 'a', alg: 'ES256K', expected: 'not_permitted' },

  { name: 'no kid: all that fit', keys: [rsaA, ecA, rsaB, bare], alg: 'RS256', expected: [rsaA, rsaB, bare] },
  { name: 'no kid: not the narrowed', keys: [rsaB, bare], alg: 'PS256', expected: [bare] },
  {
    name: 'no kid: four at most',
    keys: [ecA, ...Array(9).fill(rsaA)],
    alg: 'RS256',
    expected: Array(4).fill(rsaA),
  },
  { name: 'no kid: none fits', keys: [rsaA, rsaB], alg: 'ES256', expected: 'unknown' },
  { name: 'no keys', keys: [], alg: 'RS256', expected: 'unknown' },
  { name: 'no keys, and a kid', keys: [], kid: 'a', alg: 'HS256', expected: 'unknown' },

  { name: 'HMAC, public keys', keys: [rsaA], kid: 'a', alg: 'HS256', expected: 'not_permitted' },
  { name: 'HMAC, public keys, unknown kid', keys: [rsaA], kid: 'c', alg: 'HS256', expected: 'not_permitted' },
  { name: 'HMAC, public keys, no kid', keys: [rsaA, ecA], alg: 'HS512', expected: 'not_permitted' },
  { name: 'RSA, secrets', keys: [secret('a')], kid: 'a', alg: 'RS256', expected: 'not_permitted' },
  { name: 'EdDSA, secrets, no kid', keys: [secret()], alg: 'EdDSA', expected: 'not_permitted' },
  {
    name: 'RSA, secrets, unknown kid',
    keys: [secret('a')],
    kid: 'c',
    alg: 'RS256',
    expected: 'not_permitted',
  },
  { name: 'a secret too short', keys: [secret('a', 32)], kid: 'a', alg: 'HS512', expected: 'not_permitted' },
  { name: 'a secret too short, no kid', keys: [secret('a', 32)], alg: 'HS512', expected: 'unknown' },
])('$name', ({ keys, kid, alg, expected }) => {
  const selection = selectKeys(keys, { kid, alg });
  expect(selection).toEqual(
    typeof expected === 'string' ? { kind: expected } : { kind: 'keys', keys: expected },
  );
});

test('a secret is chosen by kid, or without one', () => {
  const [a, b] = [secret('a'), secret('b', 32)];
  expect(selectKeys([a, b], { kid: 'b', alg: 'HS256' })).toEqual({ kind: 'keys', keys: [b] });
  expect(selectKeys([a, b], { kid: undefined, alg: 'HS256' })).toEqual({ kind: 'keys', keys: [a, b] });
  expect(selectKeys([a, b], { kid: undefined, alg: 'HS384' })).toEqual({ kind: 'keys', keys: [a] });
});
