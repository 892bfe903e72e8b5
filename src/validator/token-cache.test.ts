import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sourcePolicy } from '../../test/support/policy.ts';
import { finishSteps } from '../base/steps.ts';
import { type PreparedSource, prepareSource } from '../sources/jwt/source.ts';
import type { Identity } from '../sources/verification.ts';
import { type CachedToken, createTokenCache, tokenDigest } from './token-cache.ts';

const source = (changes: Parameters<typeof sourcePolicy>[0] = {}): PreparedSource =>
  finishSteps(prepareSource(sourcePolicy(changes), new Map(), undefined));

const CLAIMS = { iss: 'https://issuer.example', sub: 'joe', exp: 1_800_000_600, deep: { a: [1, null, 'x'] } };

const identity = (changes: Partial<Omit<Identity, 'claimsText'>> = {}): Identity => ({
  source: 'shop/okta',
  user: 'joe',
  name: 'Joe',
  client: undefined,
  roles: ['admin'],
  scopes: [],
  unreadable: ['scopes'],
  claims: CLAIMS,
  claimsText: JSON.stringify(changes.claims ?? CLAIMS),
  header: { alg: 'RS256', kid: 'a' },
  ...changes,
});

const token = (changes: Parameters<typeof identity>[0] = {}): CachedToken => ({
  identity: identity(changes),
  lasting: { iss: 'https://issuer.example', exp: 1_800_000_600 },
});

const plain = (found: Identity): Identity => {
  const { source: id, user, name, client, roles, scopes, unreadable, claims, claimsText, header } = found;
  return { source: id, user, name, client, roles, scopes, unreadable, claims, claimsText, header };
};

it('gives back the very identity that was kept', () => {
  const cache = createTokenCache();
  const okta = source();
  expect(cache.find('digest', okta)).toBeUndefined();
  cache.keep('digest', okta, token());
  const found = cache.find('digest', okta);
  expect(found && plain(found.identity)).toEqual(identity());
  expect(found?.lasting).toEqual({ iss: 'https://issuer.example', exp: 1_800_000_600 });
});

it('claims and header read the same as often as they are looked at', () => {
  const cache = createTokenCache();
  const okta = source();
  cache.keep('digest', okta, token());
  const found = cache.find('digest', okta)?.identity;
  expect(found?.claims).toBe(found?.claims);
  expect(found?.header).toEqual({ alg: 'RS256', kid: 'a' });
});

describe('an identity is found only for what vouched for it', () => {
  const kept = source();
  const cache = createTokenCache();
  cache.keep('digest', kept, token());
  it.each<[string, PreparedSource]>([
    ['another source', source({ uid: 'uid-other' })],
    ['another revision of the source', source({ revision: '2' })],
    ['another key set', source({ keys: { kind: 'public', keys: [] } })],
  ])('not for %s', (_, other) => {
    expect(cache.find('digest', other)).toBeUndefined();
  });
  it('but for the same source prepared once more', () => {
    expect(cache.find('digest', source())).toBeDefined();
  });
  it('and not for another token', () => {
    expect(cache.find('digesT', kept)).toBeUndefined();
  });
});

it('what was dropped is gone, and its memory with it', () => {
  const cache = createTokenCache();
  const okta = source();
  cache.keep('digest', okta, token());
  cache.drop('digest', okta);
  cache.drop('digest', okta);
  expect(cache.find('digest', okta)).toBeUndefined();
  expect([cache.entries, cache.bytes]).toEqual([0, 0]);
});

it('an identity larger than the whole cache is not kept', () => {
  const cache = createTokenCache({ entries: 10, bytes: 2000 });
  const okta = source();
  cache.keep('small', okta, token());
  cache.keep('large', okta, token({ claims: { text: 'x'.repeat(3000) } }));
  expect(cache.find('large', okta)).toBeUndefined();
  expect(cache.find('small', okta)).toBeDefined();
});

it('a token that is used outlives one that is not', () => {
  const cache = createTokenCache({ entries: 3, bytes: 1e6 });
  const okta = source();
  for (const digest of ['a', 'b', 'c']) cache.keep(digest, okta, token());
  cache.find('a', okta);
  cache.keep('d', okta, token());
  expect(cache.find('a', okta)).toBeDefined();
  expect(cache.find('b', okta)).toBeUndefined();
  expect(cache.find('c', okta)).toBeDefined();
});

it('makes room even when every entry is in use', () => {
  const cache = createTokenCache({ entries: 3, bytes: 1e6 });
  const okta = source();
  for (let i = 0; i < 20; i++) {
    cache.keep(`t${i}`, okta, token());
    for (let j = 0; j <= i; j++) cache.find(`t${j}`, okta);
    expect(cache.find(`t${i}`, okta)).toBeDefined();
    expect(cache.entries).toBeLessThanOrEqual(3);
  }
});

it('wide characters count twice', () => {
  const narrow = createTokenCache();
  const wide = createTokenCache();
  const okta = source();
  narrow.keep('a', okta, token({ claims: { text: 'x'.repeat(1000) } }));
  wide.keep('a', okta, token({ claims: { text: '漢'.repeat(1000) } }));
  expect(wide.bytes - narrow.bytes).toBeGreaterThanOrEqual(1000);
});

const action = fc.record({
  kind: fc.constantFrom('keep' as const, 'find' as const, 'drop' as const),
  digest: fc.integer({ min: 0, max: 30 }).map(String),
  source: fc.integer({ min: 0, max: 2 }),
  size: fc.integer({ min: 0, max: 3000 }),
});

it('whatever happens: never over a bound, never a wrong identity, no byte lost', () => {
  const sources = [source(), source({ uid: 'uid-two' }), source({ revision: '2' })];
  fc.assert(
    fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
      const limits = { entries: 8, bytes: 12_000 };
      const cache = createTokenCache(limits);
      const kept = new Map<string, string>();
      for (const [step, { kind, digest, source: index, size }] of actions.entries()) {
        const from = sources[index] as PreparedSource;
        const key = `${digest} ${index}`;
        switch (kind) {
          case 'keep':
            cache.keep(digest, from, token({ user: `${key} ${step}`, claims: { text: 'x'.repeat(size) } }));
            kept.set(key, `${key} ${step}`);
            break;
          case 'drop':
            cache.drop(digest, from);
            kept.delete(key);
            break;
          case 'find': {
            const found = cache.find(digest, from);
            if (found !== undefined) expect(found.identity.user).toBe(kept.get(key));
          }
        }
        expect(cache.entries).toBeLessThanOrEqual(limits.entries);
        expect(cache.bytes).toBeLessThanOrEqual(limits.bytes);
      }
      for (let digest = 0; digest <= 30; digest++) {
        for (const from of sources) cache.drop(String(digest), from);
      }
      expect([cache.entries, cache.bytes]).toEqual([0, 0]);
    }),
  );
});

it('a digest is SHA-256 of the token', () => {
  expect(Buffer.from(tokenDigest('a.b.c'), 'latin1').toString('base64url')).toBe(
    'hF4wRIgJ4ryJWOsCW_x5UjXROwd6U9DDq70jhRcNybg',
  );
  expect(tokenDigest('a.b.c')).not.toBe(tokenDigest('a.b.d'));
});
