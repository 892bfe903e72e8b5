import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SVIDS } from './jwk.ts';
import { importKeySet } from './keyset.ts';

const P256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
const ED = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });

it('takes what it can and says why it skips the rest', () => {
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
    { index: 1, kid: 'enc', problem: 'is not for signatures: its use is not "sig"', isForOthers: true },
    { index: 2, problem: 'is not a JSON object' },
    { index: 4, problem: 'is private: publish the public members of public keys alone' },
  ]);
  expect(set.problem).toBeUndefined();
});

it('keys of one kid all stay, and so do keys without', () => {
  const set = importKeySet({ keys: [{ ...P256, kid: 'a' }, { ...ED, kid: 'a' }, P256, P256] });
  expect(set.keys.map(({ kid }) => kid)).toEqual(['a', 'a', undefined, undefined]);
});

it('an empty set is a set', () => {
  expect(importKeySet({ keys: [] })).toEqual({ keys: [], jwks: [], skipped: [], unseen: 0 });
});

it('takes 64 keys, and says that it ignores more', () => {
  const keys = Array.from({ length: 66 }, (_, index) => ({ ...P256, kid: `${index}` }));
  expect(importKeySet({ keys: keys.slice(0, 64) })).toMatchObject({ skipped: [] });
  const set = importKeySet({ keys });
  expect(set.keys).toHaveLength(64);
  expect(set.jwks).toHaveLength(64);
  expect(set.skipped).toEqual([
    {
      index: 64,
      kid: '64',
      problem: 'and all after it are left out: no more than 64 keys of a set are used',
    },
  ]);
});

it('counts those that can be used: neither keys for encryption nor broken ones take a place', () => {
  const good = Array.from({ length: 64 }, (_, index) => ({ ...P256, kid: `${index}` }));
  const others = Array.from({ length: 40 }, () => ({ ...P256, use: 'enc' }));
  const broken = Array.from({ length: 3 }, () => ({ kty: 'oct', k: 'AAAA' }));
  const set = importKeySet({ keys: [...others, ...broken, ...good] });
  expect(set.keys.map(({ kid }) => kid)).toEqual(good.map(({ kid }) => kid));
  expect(set.skipped.filter(({ isForOthers }) => isForOthers !== true)).toHaveLength(3);
  // What comes after the last key and is for something else is not missing.
  expect(importKeySet({ keys: [...good, ...others] })).toMatchObject({ skipped: [], unseen: 0 });
  expect(importKeySet({ keys: [...good, ...others, ...broken] })).toMatchObject({ unseen: 42 });
});

it('looks at 512 members', () => {
  const others = Array.from({ length: 511 }, () => ({ ...P256, use: 'enc' }));
  const last = importKeySet({ keys: [...others, P256] });
  expect(last.keys).toHaveLength(1);
  const beyond = importKeySet({ keys: [...others, {}, P256, P256] });
  expect(beyond).toMatchObject({ keys: [], unseen: 1 });
  expect(beyond.skipped.at(-1)).toMatchObject({
    index: 512,
    problem: 'and all after it are left out: no more than 512 members of a set are looked at',
  });
});

it.each([null, 1, 'x', [], [P256], {}, { keys: null }, { keys: {} }, { keys: 'x' }, P256])(
  'is no key set: %j',
  (document) => {
    const set = importKeySet(document);
    expect(set).toMatchObject({ keys: [], jwks: [], skipped: [] });
    expect(set.problem).toBeTypeOf('string');
  },
);

it('never throws, and accounts for every member', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.jsonValue(), fc.constant(P256)), { maxLength: 20 }), (members) => {
      const set = importKeySet({ keys: members });
      expect(set.keys).toHaveLength(set.jwks.length);
      expect(set.keys.length + set.skipped.length).toBe(members.length);
    }),
    { seed: 8 },
  );
});

it('takes the keys of a SPIFFE trust domain where it is asked to, and stores them as keys for signatures', () => {
  const svid = { ...P256, kid: 'a', use: 'jwt-svid' };
  const bundle = {
    spiffe_sequence: 1,
    keys: [{ ...P256, use: 'x509-svid', x5c: ['MIIB'] }, svid, { ...svid, d: 'AQAB' }],
  };
  const asked = importKeySet(bundle, SVIDS);
  expect(asked.jwks).toEqual([{ ...P256, kid: 'a', use: 'sig' }]);
  expect(asked.skipped.filter(({ isForOthers }) => isForOthers !== true)).toEqual([
    { index: 2, kid: 'a', problem: expect.stringContaining('is private') },
  ]);
  const contradicted = { ...svid, key_ops: ['verify', 'encrypt'] };
  expect(importKeySet({ keys: [contradicted] }, SVIDS).keys).toEqual([]);
  const unasked = importKeySet(bundle);
  expect(unasked.keys).toEqual([]);
  expect(unasked.skipped[1]).toEqual({
    index: 1,
    kid: 'a',
    problem: 'is a SPIFFE key, whose use is "jwt-svid": say preset: SPIFFE, or name JOSE in tokenTypes',
  });
});
