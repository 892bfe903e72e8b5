import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { importKeySet } from './keyset.ts';

const P256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
const ED = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });

test('takes what it can and says why it skips the rest', () => {
  const set = importKeySet({
    keys: [
      { ...P256, kid: 'a' },
      { kty: 'RSA', use: 'enc', alg: 'RSA-OAEP', kid: 'enc', n: 'AQ', e: 'AQAB' },
      null,
      { ...ED, kid: 'b', x5c: ['MIIB'] },
      { kty: 'oct', k: 'AAAA', kid: 'k'.repeat(300) },
    ],
    more: 1,
  });
  expect(set.keys.map(({ kid, algorithms }) => [kid, algorithms])).toEqual([
    ['a', ['ES256']],
    ['b', ['EdDSA', 'Ed25519']],
  ]);
  expect(set.jwks).toEqual([
    { ...P256, kid: 'a' },
    { ...ED, kid: 'b' },
  ]);
  expect(set.skipped).toEqual([
    { index: 1, kid: 'enc', problem: 'is not for signatures: its use is not "sig"' },
    { index: 2, problem: 'is not a JSON object' },
    { index: 4, problem: 'is private: publish the public members of public keys alone' },
  ]);
  expect(set.problem).toBeUndefined();
});

test('keys of one kid all stay, and so do keys without', () => {
  const set = importKeySet({ keys: [{ ...P256, kid: 'a' }, { ...ED, kid: 'a' }, P256, P256] });
  expect(set.keys.map(({ kid }) => kid)).toEqual(['a', 'a', undefined, undefined]);
});

test('an empty set is a set', () => {
  expect(importKeySet({ keys: [] })).toEqual({ keys: [], jwks: [], skipped: [] });
});

test('takes 64 keys, and says that it ignores more', () => {
  const keys = Array.from({ length: 66 }, (_, index) => ({ ...P256, kid: `${index}` }));
  expect(importKeySet({ keys: keys.slice(0, 64) })).toMatchObject({ skipped: [] });
  const set = importKeySet({ keys });
  expect(set.keys).toHaveLength(64);
  expect(set.jwks).toHaveLength(64);
  expect(set.skipped).toEqual([
    {
      index: 64,
      kid: '64',
      problem: 'and all after it are ignored: a set may hold 64 keys, this one has 66',
    },
  ]);
});

test.each([null, 1, 'x', [], [P256], {}, { keys: null }, { keys: {} }, { keys: 'x' }, P256])(
  'is no key set: %j',
  (document) => {
    const set = importKeySet(document);
    expect(set).toMatchObject({ keys: [], jwks: [], skipped: [] });
    expect(set.problem).toBeTypeOf('string');
  },
);

test('never throws, and accounts for every member', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.jsonValue(), fc.constant(P256)), { maxLength: 20 }), (members) => {
      const set = importKeySet({ keys: members });
      expect(set.keys).toHaveLength(set.jwks.length);
      expect(set.keys.length + set.skipped.length).toBe(members.length);
    }),
    { seed: 8 },
  );
});
