import { describe, expect, it } from 'vitest';
import { ISSUER, sourcePolicy } from '../../../test/support/policy.ts';
import { publicJwk, token } from '../../../test/support/tokens.ts';
import {
  CLAIMS,
  NOW,
  sourcesOf,
  verifyToken,
  type World,
  withClaims,
} from '../../../test/support/verification.ts';
import { describeToken } from './describe.ts';

function told(text: string, policy: World['policy'] = {}, checkedAt?: number) {
  const sources = sourcesOf({ policy, checkedAt });
  const verdict = verifyToken(text, sources, NOW);
  const findings = describeToken(text, sources, NOW, verdict);
  return { reason: verdict.kind === 'refused' ? verdict.reason : verdict.kind, findings };
}

const good = withClaims({});

describe('describeToken', () => {
  it.each([
    [
      'issuer_unknown',
      withClaims({ iss: 'https://other.example' }),
      {},
      `iss "https://other.example"; the sources here take "${ISSUER}"`,
    ],
    ['issuer_unknown', withClaims({ iss: undefined }), {}, `no iss; the sources here take "${ISSUER}"`],
    [
      'algorithm_not_allowed',
      token({ alg: 'HS256', claims: CLAIMS }),
      {},
      'alg "HS256"; allowed: what the key permits, by public keys',
    ],
    ['algorithm_not_allowed', good, { algorithms: ['ES256'] }, /^kid "a": this key permits RS256, /],
    [
      'type_not_allowed',
      token({ claims: CLAIMS, header: { typ: 'dpop' } }),
      {},
      'typ "dpop"; allowed: none, "JWT", "at+jwt", "JOSE"',
    ],
    ['key_unknown', token({ claims: CLAIMS, header: { kid: 'z' } }), {}, 'kid "z"; keys: "a"'],
    [
      'keys_unavailable',
      good,
      { keys: { kind: 'unavailable' } as const },
      "The source's keys have not been read yet.",
    ],
    ['keys_unavailable', good, { maxStale: 60 }, 'The keys were never fetched'],
    [
      'token_expired',
      withClaims({ exp: NOW - 60, iat: NOW - 120 }),
      {},
      'exp 2027-01-15T07:59:00Z, iat 2027-01-15T07:58:00Z; judged at 2027-01-15T08:00:00Z, clockSkew 30 s',
    ],
    ['token_too_old', good, { maxTokenAge: 10 }, /clockSkew 30 s, maxTokenAge 10 s$/],
    ['signature_invalid', `${good.slice(0, -6)}AAAAAA`, {}, "The signature is not the key's"],
    [
      'audience_mismatch',
      withClaims({ aud: ['a', 'b'] }),
      { audiences: ['c'] },
      'aud "a", "b"; expected one of "c"',
    ],
    [
      'client_not_allowed',
      withClaims({ azp: 'app' }),
      { clientIDs: ['web'] },
      'client "app"; expected one of "web"',
    ],
    [
      'claim_rejected',
      withClaims({ use: 'id' }),
      { requiredClaims: [{ claim: 'use', values: ['access'] }] },
      'claim use: "id"; expected one of "access"',
    ],
    [
      'claim_rejected',
      good,
      { expressions: [{ expression: 'claims.level > 1', message: 'no' }] },
      /^claims\.level > 1: error, /,
    ],
    ['token_bound', withClaims({ cnf: { jkt: 'x' } }), {}, /^claim cnf is there: only the sender /],
    [
      'audience_mismatch',
      token({ claims: { ...CLAIMS, aud: undefined }, header: { typ: 'at+jwt' } }),
      {},
      'no aud; a token of typ "at+jwt" must name one (RFC 9068)',
    ],
    [
      'audience_mismatch',
      token({ claims: { ...CLAIMS, aud: '' }, header: { typ: 'application/at+jwt' } }),
      { clientIDs: ['app'] },
      'aud ""; a token of typ "at+jwt" must name one (RFC 9068)',
    ],
    ['claim_rejected', withClaims({ exp: undefined }), {}, 'no exp; expiration is Required'],
    [
      'claim_rejected',
      withClaims({ iat: undefined }),
      { maxTokenAge: 60 },
      'no iat; maxTokenAge is counted from it',
    ],
    [
      'groups_overage',
      withClaims({ hasgroups: true }),
      { mapping: { ...sourcePolicy().mapping, roles: ['groups'] } },
      '"groups": the provider has left the groups out, there were too many',
    ],
  ])('ends where the token is refused with %s', (reason, text, policy, last) => {
    const { reason: found, findings } = told(text, policy);
    expect(found).toBe(reason);
    expect(findings.at(-1)).toEqual(typeof last === 'string' ? last : expect.stringMatching(last));
  });

  it('tells since when keys are too old', () => {
    const { reason, findings } = told(good, { maxStale: 60 }, NOW - 90);
    expect(reason).toBe('keys_unavailable');
    expect(findings.at(-1)).toBe('The keys were last fetched at 2027-01-15T07:58:30Z; they serve for 60 s');
  });

  it('says what a token without audience passes by', () => {
    const { reason, findings } = told(withClaims({ azp: 'app' }), { audiences: ['c'], clientIDs: ['app'] });
    expect(reason).toBe('verified');
    expect(findings).toContain('no aud; expected one of "c", or none and one of the clients');
  });

  it('tells of every check that a good token has passed', () => {
    expect(told(good).findings).toEqual([
      `iss "${ISSUER}": source shop/okta`,
      'alg "RS256"; allowed: what the key permits, by public keys',
      'typ "JWT"; allowed: none, "JWT", "at+jwt", "JOSE"',
      `kid "a": RSA key, thumbprint ${told(good).findings[3]?.split(' ').at(-1)}`,
      'exp 2027-01-15T08:10:00Z, iat 2027-01-15T07:59:00Z; judged at 2027-01-15T08:00:00Z, clockSkew 30 s',
      "The signature is the key's",
      'no aud; none is asked for',
    ]);
  });

  it('tells of a key that is for the tokens of another issuer', () => {
    const keys = {
      kind: 'public',
      keys: [publicJwk('RS256', 'a', { issuer: 'https://b.example' })],
    } as const;
    const { reason, findings } = told(good, { keys });
    expect(reason).toBe('key_unknown');
    expect(findings.at(-1)).toMatch(
      /^kid "a": .*, which says that it is for tokens of "https:\/\/b\.example" alone$/,
    );
  });

  it('says which keys were tried for a token that names none of them, and how many', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const jwks = names.map((name) => publicJwk('RS256', name));
    const bare = token({ header: { kid: undefined }, claims: CLAIMS });
    const last = (keys: typeof jwks, text = bare) =>
      told(text, { keys: { kind: 'public', keys } }).findings.slice(3, 6);
    expect(last(jwks)).toEqual([
      'no kid; keys: "a", "b", "c", "d", "e"; 5 fit RS256, and no more than 4 can be tried',
    ]);
    expect(last(jwks.slice(0, 2))).toEqual([
      'no kid; keys: "a", "b"; tried with 2 that fit RS256',
      expect.stringContaining('exp '),
      'The signature is of one of the 2 keys',
    ]);
    expect(last(jwks.slice(1, 3))).toContain('The signature is of none of the 2 keys');
    const { kid: _, ...unnamed } = publicJwk('RS256');
    expect(last([unnamed], good)[0]).toBe('kid "a"; keys: without kid; tried with 1 that fits RS256');
  });

  it('says nothing of what is no token', () => {
    expect(told('abc')).toEqual({ reason: 'token_malformed', findings: [] });
  });

  it('bounds what it shows', () => {
    const long = withClaims({ aud: Array.from({ length: 50 }, () => 'x'.repeat(150)) });
    const last = told(long, { audiences: ['c'] }).findings.at(-1) ?? '';
    expect(last.length).toBeLessThan(1500);
    expect(last).toContain('and 42 more');
  });

  it('never quotes the signature', () => {
    const { findings } = told(good, { keys: { kind: 'public', keys: [publicJwk('RS256')] } });
    expect(findings.join()).not.toContain(good.split('.')[2]);
  });
});
