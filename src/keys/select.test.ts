import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect, it } from 'vitest';
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
const bareEc = key(P256);
const issued = { ...bare, issuer: 'https://a.example' };

interface Case {
  readonly name: string;
  readonly keys: readonly VerificationKey[];
  readonly kid?: string;
  readonly alg: Algorithm;
  readonly areFetched?: true;
  readonly expected: readonly VerificationKey[] | 'unknown' | 'not_permitted' | number;
}

it.each<Case>([
  { name: 'the key of that kid', keys: [rsaB, rsaA], kid: 'a', alg: 'RS256', expected: [rsaA] },
  { name: 'no key of that kid', keys: [rsaA, rsaB], kid: 'c', alg: 'RS256', expected: 'unknown' },
  { name: 'a kid in another case', keys: [rsaA], kid: 'A', alg: 'RS256', expected: 'unknown' },
  { name: 'a kid with a space', keys: [rsaA], kid: 'a ', alg: 'RS256', expected: 'unknown' },
  { name: 'a kid, and one key without', keys: [bare], kid: 'a', alg: 'RS256', expected: [bare] },
  { name: 'an empty kid, and one key without', keys: [bare], kid: '', alg: 'RS256', expected: [bare] },
  {
    name: 'a kid, and keys without',
    keys: [bare, bareEc, bare],
    kid: 'z',
    alg: 'RS256',
    expected: [bare, bare],
  },
  {
    name: 'a kid, and keys without that do not fit',
    keys: [bareEc],
    kid: 'z',
    alg: 'RS256',
    expected: 'unknown',
  },
  {
    name: 'a kid that a key has, and keys without',
    keys: [bare, rsaA],
    kid: 'a',
    alg: 'RS256',
    expected: [rsaA],
  },
  {
    name: 'a kid that a key of another type has, and keys without',
    keys: [bare, ecA],
    kid: 'a',
    alg: 'RS256',
    expected: 'not_permitted',
  },
  {
    name: 'a kid that no key has, and keys with and without',
    keys: [rsaA, bare],
    kid: 'z',
    alg: 'RS256',
    expected: [bare],
  },
  {
    name: 'a kid, four keys without',
    keys: Array(4).fill(bare),
    kid: 'z',
    alg: 'RS256',
    expected: Array(4).fill(bare),
  },
  { name: 'a kid, five keys without', keys: Array(5).fill(bare), kid: 'z', alg: 'RS256', expected: 5 },
  {
    name: 'fetched: a kid, and keys without',
    keys: [bare, bare],
    areFetched: true,
    kid: 'z',
    alg: 'RS256',
    expected: [bare, bare],
  },
  {
    name: 'fetched: a kid, and a key without beside one with',
    keys: [rsaA, bare],
    areFetched: true,
    kid: 'z',
    alg: 'RS256',
    expected: 'unknown',
  },
  {
    name: 'fetched: no kid, a key without beside one with',
    keys: [rsaA, bare],
    areFetched: true,
    alg: 'RS256',
    expected: [rsaA, bare],
  },
  { name: 'a key that does not serve is none', keys: [issued], alg: 'RS256', expected: 'unknown' },
  {
    name: 'a key without kid that does not serve is none',
    keys: [issued],
    kid: 'z',
    alg: 'RS256',
    expected: 'unknown',
  },
  {
    name: 'a kid that only a key has that does not serve: those without are no stand-ins',
    keys: [{ ...issued, kid: 'z' }, bare],
    kid: 'z',
    alg: 'RS256',
    expected: 'unknown',
  },
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
    name: 'no kid: four that fit',
    keys: [ecA, ...Array(4).fill(rsaA)],
    alg: 'RS256',
    expected: Array(4).fill(rsaA),
  },
  { name: 'no kid: nine that fit', keys: [ecA, ...Array(9).fill(rsaA)], alg: 'RS256', expected: 9 },
  {
    name: 'no kid: one of five that fit does not serve',
    keys: [issued, ...Array(4).fill(bare)],
    alg: 'RS256',
    expected: Array(4).fill(bare),
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
])('$name', ({ keys, kid, alg, areFetched = false, expected }) => {
  const selection = select(keys, kid, alg, areFetched);
  if (typeof expected === 'string') expect(selection).toEqual({ kind: expected });
  else if (typeof expected === 'number') expect(selection).toEqual({ kind: 'too_many', fitting: expected });
  else expect(selection).toMatchObject({ kind: 'keys', keys: expected });
});

/** Keys that name an issuer serve no token here. */
function select(
  keys: readonly VerificationKey[],
  kid: string | undefined,
  alg: Algorithm,
  areFetched = false,
) {
  return selectKeys(keys, { kid, alg, areFetched, serves: ({ issuer }) => issuer === undefined });
}

it('a secret is chosen by kid, or without one', () => {
  const [a, b] = [secret('a'), secret('b', 32)];
  expect(select([a, b], 'b', 'HS256')).toEqual({ kind: 'keys', keys: [b], byKid: true });
  expect(select([a, b], undefined, 'HS256')).toEqual({ kind: 'keys', keys: [a, b], byKid: false });
  expect(select([a, b], undefined, 'HS384')).toEqual({ kind: 'keys', keys: [a], byKid: false });
  expect(select([secret()], 'a', 'HS256')).toMatchObject({ kind: 'keys', byKid: false });
});
