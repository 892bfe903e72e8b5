import { describe, expect, it } from 'vitest';
import { publicJwk, signingKey, token } from '../../../test/support/tokens.ts';
import {
  CLAIMS,
  NOW,
  reasonOf,
  sourcesOf,
  verifyToken,
  type World,
  worldFor,
} from '../../../test/support/verification.ts';
import type { PublicJwk } from '../../policy/policy.ts';
import { inspect } from './inspect.ts';

const typed = (typ: unknown, changes: object = {}) =>
  token({ header: { typ }, claims: { ...CLAIMS, ...changes } });

describe('keys', () => {
  const keys = (...names: string[]) =>
    ({ policy: { keys: { kind: 'public', keys: names.map((name) => publicJwk('RS256', name)) } } }) as const;

  it('are chosen by kid', () => {
    const byB = token({ key: signingKey('RS256', 'b'), claims: CLAIMS });
    expect(reasonOf(byB, keys('a', 'b'))).toBe('verified');
    expect(reasonOf(byB, keys('a'))).toBe('key_unknown');
    expect(
      reasonOf(
        token({ key: signingKey('RS256', 'b'), header: { kid: 'a' }, claims: CLAIMS }),
        keys('a', 'b'),
      ),
    ).toBe('signature_invalid');
  });

  it('are all tried for a token without kid', () => {
    const nameless = token({ key: signingKey('RS256', 'b'), header: { kid: undefined }, claims: CLAIMS });
    expect(reasonOf(nameless, keys('a', 'b'))).toBe('verified');
    expect(reasonOf(nameless, keys('a'))).toBe('signature_invalid');
    expect(reasonOf(nameless, worldFor('ES256'))).toBe('key_unknown');
  });

  const nameless = (names: readonly string[]) =>
    names.map((name) => {
      const { kid: _, ...jwk } = publicJwk('RS256', name);
      return jwk;
    });
  const own = (...jwks: readonly PublicJwk[]): World => ({
    policy: { keys: { kind: 'public', keys: jwks } },
  });
  const fetched = (...jwks: readonly PublicJwk[]): World => ({
    policy: { keys: { kind: 'public', keys: jwks }, maxStale: 60 },
    checkedAt: NOW,
  });

  it('without kid are tried for a token whose kid no key has', () => {
    const byB = token({ key: signingKey('RS256', 'b'), claims: CLAIMS });
    expect(reasonOf(byB, own(...nameless(['a', 'b'])))).toBe('verified');
    expect(reasonOf(byB, own(publicJwk('RS256', 'a'), ...nameless(['b'])))).toBe('verified');
    expect(reasonOf(byB, own(...nameless(['a'])))).toBe('signature_invalid');
    expect(reasonOf(byB, own(publicJwk('RS256', 'a', { kid: 'b' }), ...nameless(['b'])))).toBe(
      'signature_invalid',
    );
    const wrongKind = token({ alg: 'HS256', header: { kid: 'b' }, claims: CLAIMS });
    expect(reasonOf(wrongKind, own(...nameless(['a'])))).toBe('algorithm_not_allowed');
  });

  it('without kid, where they are fetched, are tried only if none has one', () => {
    const byB = token({ key: signingKey('RS256', 'b'), claims: CLAIMS });
    expect(reasonOf(byB, fetched(...nameless(['a', 'b'])))).toBe('verified');
    expect(reasonOf(byB, fetched(publicJwk('RS256', 'a'), ...nameless(['b'])))).toBe('key_unknown');
  });

  it('are none tried where more than four fit: a token of the fifth would be called forged', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const refusal = (header: { readonly kid: string | undefined }, world: World) => {
      const text = token({ key: signingKey('RS256', 'e'), header, claims: CLAIMS });
      return verifyToken(text, sourcesOf(world), NOW);
    };
    expect(refusal({ kid: undefined }, own(...nameless(names.slice(1))))).toMatchObject({ kind: 'verified' });
    expect(refusal({ kid: undefined }, keys(...names))).toMatchObject({
      reason: 'key_unknown',
      detail: 'The token names no key (kid), and 5 keys fit its algorithm: no more than 4 can be tried.',
    });
    expect(refusal({ kid: 'z' }, own(...nameless(names)))).toMatchObject({
      reason: 'key_unknown',
      detail:
        "The token names none of the issuer's keys (kid), and 5 keys fit its algorithm: no more than 4 can be tried.",
    });
    expect(refusal({ kid: 'e' }, keys(...names))).toMatchObject({ kind: 'verified' });
  });

  it('are asked for again only where they are fetched', () => {
    const byB = token({ key: signingKey('RS256', 'b'), claims: CLAIMS });
    const inspected = (world: World) => inspect(byB, sourcesOf(world), NOW);
    expect(inspected({ policy: { maxStale: 60 }, checkedAt: NOW })).toHaveProperty(
      'refresh.policy.id',
      'shop/okta',
    );
    expect(inspected({})).not.toHaveProperty('refresh');
  });

  it.each([
    ['never fetched', undefined, 'keys_unavailable'],
    ['fresh', NOW - 86_400, 'verified'],
    ['stale', NOW - 86_401, 'keys_unavailable'],
  ])('that are %s', (_, checkedAt, expected) => {
    const world = { policy: { maxStale: 86_400 }, ...(checkedAt === undefined ? {} : { checkedAt }) };
    expect(reasonOf(token({ claims: CLAIMS }), world)).toBe(expected);
  });

  it('that are missing or refused leave nothing to verify with', () => {
    const weak = { kind: 'hmac', keys: [{ secret: 's', secretRevision: '1' }] } as const;
    const byHmac = token({ alg: 'HS256', claims: CLAIMS });
    expect(reasonOf(byHmac, { policy: { keys: weak }, secrets: new Map([['s', Buffer.alloc(31)]]) })).toBe(
      'keys_unavailable',
    );
    expect(reasonOf(byHmac, { policy: { keys: weak } })).toBe('keys_unavailable');
    expect(reasonOf(token({ claims: CLAIMS }), { policy: { keys: { kind: 'unavailable' } } })).toBe(
      'keys_unavailable',
    );
  });

  it('that are to be fetched are public, also before they came', () => {
    const byHmac = token({ alg: 'HS256', claims: CLAIMS });
    const keys = { kind: 'unavailable' } as const;
    expect(reasonOf(byHmac, { policy: { keys, maxStale: 60 } })).toBe('algorithm_not_allowed');
    expect(reasonOf(byHmac, { policy: { keys } })).toBe('keys_unavailable');
  });

  it('that cannot be used are still public ones or secrets', () => {
    const byHmac = token({ alg: 'HS256', claims: CLAIMS });
    const byRsa = token({ claims: CLAIMS });
    const hmac = { kind: 'hmac', keys: [{ secret: 's', secretRevision: '1' }] } as const;
    expect(reasonOf(byRsa, { policy: { keys: hmac } })).toBe('algorithm_not_allowed');
    expect(reasonOf(byHmac, { policy: { keys: hmac } })).toBe('keys_unavailable');
    const expressions = [{ expression: 'claims.', message: 'm' }];
    expect(reasonOf(byHmac, { policy: { expressions } })).toBe('algorithm_not_allowed');
    expect(reasonOf(byRsa, { policy: { expressions } })).toBe('keys_unavailable');
  });

  it('an expression that does not compile makes the source deny', () => {
    const policy = { expressions: [{ expression: 'claims.', message: 'm' }] };
    expect(reasonOf(token({ claims: CLAIMS }), { policy })).toBe('keys_unavailable');
  });
});

describe('types', () => {
  it.each([
    [undefined, [], 'verified'],
    ['JWT', [], 'verified'],
    ['jwt', [], 'verified'],
    ['application/jwt', [], 'verified'],
    ['at+jwt', [], 'verified'],
    ['application/AT+JWT', [], 'verified'],
    ['logout+jwt', [], 'type_not_allowed'],
    ['dpop+jwt', [], 'type_not_allowed'],
    ['', [], 'type_not_allowed'],
    ['at+jwt', ['at+jwt'], 'verified'],
    ['application/at+jwt', ['AT+JWT'], 'verified'],
    ['at+jwt', ['application/at+jwt'], 'verified'],
    ['JWT', ['at+jwt'], 'type_not_allowed'],
    [undefined, ['at+jwt'], 'type_not_allowed'],
    [undefined, [''], 'verified'],
    [undefined, ['at+jwt', ''], 'verified'],
    [null, [''], 'verified'],
    ['JWT', [''], 'type_not_allowed'],
    ['JOSE', [''], 'type_not_allowed'],
    [undefined, ['application/'], 'type_not_allowed'],
    ['JOSE', [], 'verified'],
    ['application/jose', [], 'verified'],
    ['JOSE+JSON', [], 'type_not_allowed'],
    ['JOSE', ['JWT'], 'type_not_allowed'],
  ])('typ %j where %j is allowed: %s', (typ, tokenTypes, expected) => {
    expect(reasonOf(typed(typ, { aud: 'x' }), { policy: { tokenTypes } })).toBe(expected);
  });
});
