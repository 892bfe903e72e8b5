import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { importJwk } from './jwk.ts';

const jwkOf = (keys: { readonly publicKey: KeyObject }): JsonObject => {
  const { kty, crv, n, e, x, y } = keys.publicKey.export({ format: 'jwk' });
  return JSON.parse(JSON.stringify({ kty, crv, n, e, x, y }));
};
const rsaOf = (modulusLength: number, publicExponent = 65537) =>
  jwkOf(generateKeyPairSync('rsa', { modulusLength, publicExponent }));

const RSA = rsaOf(2048);
const P256 = jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const P384 = jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }));
const P521 = jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-521' }));
const K256 = jwkOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }));
const ED = jwkOf(generateKeyPairSync('ed25519'));

/** One more than a multiple of everything up to 157: it bears the mark. */
const MARKED = Buffer.from((2n ** 1124n * factorial(157n) + 1n).toString(16), 'hex');
const RS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const b64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const bytesOf = (member: unknown) => Buffer.from(String(member), 'base64url');
const stretched = (member: unknown, zeros = 1) => b64(Buffer.concat([Buffer.alloc(zeros), bytesOf(member)]));

function accepted(jwk: unknown) {
  const imported = importJwk(jwk);
  if (imported.kind === 'refused') throw new Error(imported.problem);
  return imported;
}

function problem(jwk: unknown): string {
  const imported = importJwk(jwk);
  return imported.kind === 'refused' ? imported.problem : 'ACCEPTED';
}

it.each<[string, JsonObject, readonly string[]]>([
  ['RSA', RSA, RS],
  ['RSA of 3,072 bits', rsaOf(3072), RS],
  ['RSA with exponent 3', rsaOf(2048, 3), RS],
  ['RSA for RS256', { ...RSA, alg: 'RS256' }, ['RS256']],
  ['RSA for PS512', { ...RSA, alg: 'PS512', use: 'sig' }, ['PS512']],
  ['P-256', P256, ['ES256']],
  ['P-384', { ...P384, alg: 'ES384' }, ['ES384']],
  ['P-521', P521, ['ES512']],
  ['secp256k1', K256, ['ES256K']],
  ['Ed25519', ED, ['EdDSA', 'Ed25519']],
  ['Ed25519 for EdDSA', { ...ED, alg: 'EdDSA' }, ['EdDSA', 'Ed25519']],
  ['Ed25519 for Ed25519', { ...ED, alg: 'Ed25519' }, ['EdDSA', 'Ed25519']],
  ['use sig', { ...RSA, use: 'sig' }, RS],
  ['key_ops verify', { ...RSA, key_ops: ['verify'] }, RS],
  ['use sig, key_ops sign and verify', { ...RSA, use: 'sig', key_ops: ['sign', 'verify'] }, RS],
])('takes %s', (_name, jwk, algorithms) => {
  expect(accepted(jwk).key.algorithms).toEqual(algorithms);
});

it.each<[string, unknown, string]>([
  ['null', null, 'not a JSON object'],
  ['an array', [RSA], 'not a JSON object'],
  ['a string', 'RSA', 'not a JSON object'],
  ['an empty object', {}, 'other than RSA, EC and OKP'],
  ['kty in another case', { ...RSA, kty: 'rsa' }, 'other than RSA, EC and OKP'],
  ['kty in an array', { ...RSA, kty: ['RSA'] }, 'other than RSA, EC and OKP'],
  ['a secret', { kty: 'oct', k: b64(Buffer.alloc(32)) }, 'is private'],
  ['oct without k', { kty: 'oct' }, 'is private'],
  ['a public key with k', { ...P256, k: 'AAAA' }, 'is private'],

  ['use enc', { ...RSA, use: 'enc', alg: 'RSA-OAEP' }, 'use is not "sig"'],
  ['use in another case', { ...RSA, use: 'SIG' }, 'use is not "sig"'],
  ['key_ops without verify', { ...RSA, key_ops: ['encrypt'] }, 'lack "verify"'],
  ['key_ops not an array', { ...RSA, key_ops: 'verify' }, 'not an array of strings'],
  ['key_ops of numbers', { ...RSA, key_ops: ['verify', 1] }, 'not an array of strings'],
  ['key_ops repeated', { ...RSA, key_ops: ['verify', 'verify'] }, 'repeats'],
  ['key_ops against use', { ...RSA, use: 'sig', key_ops: ['verify', 'encrypt'] }, 'contradicts itself'],
  ['many key_ops', { ...RSA, key_ops: ['verify', ...Array(16).keys()].map(String) }, 'more or longer'],
  ['long key_ops', { ...RSA, key_ops: ['verify', 'x'.repeat(65)] }, 'more or longer'],

  ['alg RSA-OAEP', { ...RSA, alg: 'RSA-OAEP' }, 'not supported'],
  ['alg none', { ...RSA, alg: 'none' }, 'not supported'],
  ['alg a number', { ...RSA, alg: 256 }, 'not supported'],
  ['alg ES256 on RSA', { ...RSA, alg: 'ES256' }, 'contradicts itself: ES256 is not for RSA keys'],
  ['alg HS256 on RSA', { ...RSA, alg: 'HS256' }, 'contradicts itself'],
  ['alg ES256 on P-384', { ...P384, alg: 'ES256' }, 'contradicts itself: ES256 is not for P-384 keys'],
  ['alg ES256K on P-256', { ...P256, alg: 'ES256K' }, 'contradicts itself'],
  ['alg ES256 on secp256k1', { ...K256, alg: 'ES256' }, 'contradicts itself'],
  ['alg RS256 on Ed25519', { ...ED, alg: 'RS256' }, 'contradicts itself'],

  ['kid a number', { ...RSA, kid: 1 }, 'kid that is not a string'],
  ['kid an object', { ...RSA, kid: {} }, 'kid that is not a string'],
  ['alg an object', { ...RSA, alg: {} }, 'not supported'],
  ['key_ops of null', { ...RSA, key_ops: [null] }, 'not an array of strings'],
  ['kid too long', { ...RSA, kid: 'k'.repeat(1025) }, 'at most 1024'],
  ['issuer not a string', { ...RSA, issuer: ['https://a'] }, 'issuer that is not a string'],
  ['issuer too long', { ...RSA, issuer: 'i'.repeat(2049) }, 'at most 2048'],

  ['RSA of 1,024 bits', rsaOf(1024), '1024 bits'],
  ['RSA of 2,047 bits', { ...RSA, n: b64(halved(bytesOf(RSA.n))) }, '2047 bits'],
  ['RSA of 1,024 bits behind zeros', { ...RSA, n: stretched(rsaOf(1024).n, 128) }, 'has an n that'],
  ['RSA of 16,392 bits', { ...RSA, n: b64(Buffer.alloc(2049, 255)) }, '16392 bits'],
  ['a modulus with the mark of ROCA', { ...RSA, n: b64(MARKED) }, 'CVE-2017-15361'],
  ['an even modulus', { ...RSA, n: b64(Buffer.alloc(256, 254)) }, 'even modulus'],
  ['n missing', { kty: 'RSA', e: 'AQAB' }, 'has an n that'],
  ['n empty', { ...RSA, n: '' }, 'has an n that'],
  ['n zero', { ...RSA, n: 'AA' }, 'has an n that'],
  ['n padded', { ...RSA, n: `${RSA.n}==` }, 'has an n that'],
  ['n with a newline', { ...RSA, n: `${RSA.n}\n` }, 'has an n that'],
  ['n in plain base64', { ...RSA, n: Buffer.alloc(258, 255).toString('base64') }, 'has an n that'],
  ['n with stray bits', { ...RSA, n: `${String(RSA.n).slice(0, -1)}x` }, 'has an n that'],
  ['n with two leading zeros', { ...RSA, n: stretched(RSA.n, 2) }, 'has an n that'],
  ['n a number', { ...RSA, n: 65537 }, 'has an n that'],
  ['e missing', { kty: 'RSA', n: RSA.n }, 'has an e that'],
  ['e zero', { ...RSA, e: 'AA' }, 'has an e that'],
  ['e with a leading zero', { ...RSA, e: 'AAEAAQ' }, 'has an e that'],
  ['e 1', { ...RSA, e: 'AQ' }, 'even or under 3'],
  ['e 2', { ...RSA, e: 'Ag' }, 'even or under 3'],
  ['e 65,536', { ...RSA, e: 'AQAA' }, 'even or under 3'],
  ['e of 40 bits', { ...RSA, e: 'AQAAAAE' }, 'more than 32 bits'],

  ['P-224', { ...P256, crv: 'P-224' }, 'other than P-256'],
  ['a curve named like a member of Object', { ...P256, crv: 'constructor' }, 'other than P-256'],
  ['no curve', { ...P256, crv: undefined }, 'other than P-256'],
  ['Ed25519 as EC', { ...ED, kty: 'EC' }, 'other than P-256'],
  ['P-256 as OKP', { ...P256, kty: 'OKP' }, 'other than Ed25519'],
  ['X25519', { ...ED, crv: 'X25519' }, 'other than Ed25519'],
  ['Ed448', { ...ED, crv: 'Ed448' }, 'other than Ed25519'],
  ['a P-256 point as P-384', { ...P256, crv: 'P-384' }, '48 bytes'],
  ['a P-256 point as secp256k1', { ...P256, crv: 'secp256k1' }, 'not a point on secp256k1'],
  ['x longer', { ...P256, x: stretched(P256.x) }, '32 bytes'],
  ['x shorter', { ...P256, x: b64(bytesOf(P256.x).subarray(1)) }, '32 bytes'],
  ['y missing', { ...P256, y: undefined }, '32 bytes'],
  ['x and y exchanged', { ...P256, x: P256.y, y: P256.x }, 'not a point on P-256'],
  ['x and y zero', { ...P256, x: b64(Buffer.alloc(32)), y: b64(Buffer.alloc(32)) }, 'not a point'],
  ['x over the prime', { ...P256, x: b64(Buffer.alloc(32, 255)) }, 'not a point'],
  ['P-521 off its curve', { ...P521, y: b64(Buffer.alloc(66, 1)) }, 'not a point on P-521'],
  ['Ed25519 of 31 bytes', { ...ED, x: b64(Buffer.alloc(31, 3)) }, '32 bytes'],
  ['Ed25519 of small order', { ...ED, x: b64(Buffer.alloc(32)) }, 'small order'],
  ['Ed25519 of 33 bytes', { ...ED, x: stretched(ED.x) }, '32 bytes'],
])('refuses %s', (_name, jwk, because) => {
  expect(problem(jwk)).toContain(because);
});

it.each(['kid', 'use', 'alg', 'key_ops', 'issuer', 'crv', 'x5c', 'oth'])(
  'a member that is null or empty is absent: %s',
  (member) => {
    for (const empty of [null, '', []]) {
      const { key, jwk } = accepted({ ...RSA, [member]: empty });
      expect(jwk).toEqual(RSA);
      expect(key).toMatchObject({ kid: undefined, issuer: undefined, algorithms: RS });
    }
  },
);

it('what a library writes of a key that has a few members alone is that key', () => {
  const written = { ...P256, kid: 'a', use: '', alg: null, key_ops: [], ext: true, oth: [], k: '', d: null };
  expect(accepted(written).jwk).toEqual({ ...P256, kid: 'a' });
});

it.each([
  ['kty', 'other than RSA, EC and OKP'],
  ['crv', 'other than P-256'],
  ['x', '32 bytes'],
])('a key is nothing without %s, absent or empty', (member, because) => {
  for (const empty of [null, '', []]) expect(problem({ ...P256, [member]: empty })).toContain(because);
});

it('says when nothing but its size speaks against a key', () => {
  expect(importJwk(rsaOf(1024))).toMatchObject({ kind: 'refused', tooShort: true });
  expect(importJwk({ ...RSA, e: 'AQ' })).not.toHaveProperty('tooShort');
});

it.each(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])('refuses a key with the member %s', (member) => {
  expect(problem({ ...RSA, [member]: 'AQAB' })).toContain('is private');
  expect(problem({ ...RSA, [member]: ['AQAB'] })).toContain('is private');
  expect(problem({ ...RSA, [member]: { d: 'AQAB' } })).toContain('is private');
  expect(problem({ ...RSA, [member]: 0 })).toContain('is private');
  for (const empty of [null, '', []]) expect(accepted({ ...RSA, [member]: empty }).jwk).toEqual(RSA);
});

it('refuses whole private keys and quotes none of them', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = privateKey.export({ format: 'jwk' });
  expect(problem(jwk)).toContain('is private');
  expect(problem(jwk)).not.toContain(jwk.d);
});

it('drops one sign octet before the modulus, and the key is the same', () => {
  const key = accepted({ ...RSA, n: stretched(RSA.n) });
  expect(key.jwk).toEqual(RSA);
  expect(key.key.thumbprint).toBe(accepted(RSA).key.thumbprint);
  expect(key.key.modulusLength).toBe(256);
});

it('the stored key has the public members alone, and imports as the same key', () => {
  const jwk = { ...RSA, kid: 'a', use: 'sig', alg: 'RS256', key_ops: ['verify'], issuer: 'https://i' };
  const first = accepted({ ...jwk, x5c: ['MIIB'], x5u: 'https://x', x5t: 't', exp: 1, __proto__: null });
  expect(first.jwk).toEqual(jwk);
  const second = accepted(first.jwk);
  expect(second.jwk).toEqual(first.jwk);
  expect(second.key.thumbprint).toBe(first.key.thumbprint);
  expect(second.key.keyObject.equals(first.key.keyObject)).toBe(true);
});

it('keeps kid and issuer as they are', () => {
  const { key } = accepted({ ...P256, kid: ' k=\u{1f511}', issuer: 'https://i/{tenantid}' });
  expect(key).toMatchObject({
    kid: ' k=\u{1f511}',
    issuer: 'https://i/{tenantid}',
    type: 'EC',
    curve: 'P-256',
  });
  expect(accepted({ ...P256, kid: 'k'.repeat(1024) }).key.kid).toHaveLength(1024);
  expect(accepted(P256).key).toMatchObject({ kid: undefined, issuer: undefined });
});

it('never throws and never takes a mangled key for another type, whatever JSON it is given', () => {
  const members = ['kty', 'crv', 'n', 'e', 'x', 'y', 'kid', 'use', 'key_ops', 'alg', 'issuer', 'd', 'k'];
  const change = fc.record({ member: fc.constantFrom(...members), value: fc.jsonValue() });
  fc.assert(
    fc.property(fc.constantFrom(RSA, P256, ED), fc.array(change, { maxLength: 3 }), (jwk, changes) => {
      const mangled = { ...jwk, ...Object.fromEntries(changes.map(({ member, value }) => [member, value])) };
      const imported = importJwk(mangled);
      return imported.kind === 'refused' || imported.key.type === jwk.kty;
    }),
    { numRuns: 500, seed: 4 },
  );
  fc.assert(
    fc.property(fc.jsonValue(), (value) => importJwk(value).kind === 'refused'),
    { numRuns: 500, seed: 5 },
  );
});

/** The integer shifted right by one bit, its last bit set again. */
function halved(integer: Buffer): Buffer {
  const value = (BigInt(`0x${integer.toString('hex')}`) >> 1n) | 1n;
  return Buffer.from(value.toString(16).padStart(integer.length * 2, '0'), 'hex');
}

function factorial(n: bigint): bigint {
  return n <= 1n ? 1n : n * factorial(n - 1n);
}
