import { describe, expect, it } from 'vitest';
import { sourcePolicy } from '../../../test/support/policy.ts';
import { token } from '../../../test/support/tokens.ts';
import { CLAIMS, NOW, reasonOf, verifyToken, withClaims } from '../../../test/support/verification.ts';
import { finishSteps } from '../../base/steps.ts';
import type { JwtPolicy } from '../../sources/jwt/policy.ts';
import { indexSources } from './issuer.ts';
import { recheckToken } from './recheck.ts';
import { prepareSource } from './source.ts';

const typed = (typ: unknown, changes: object = {}) =>
  token({ header: { typ }, claims: { ...CLAIMS, ...changes } });

describe('the client of a refused token', () => {
  const claims = { azp: 'billing-cron', aud: 'x' };
  const verdict = (text: string, policy: Partial<JwtPolicy>) =>
    verifyToken(text, indexSources([finishSteps(prepareSource(sourcePolicy(policy), new Map(), NOW))]), NOW);
  it('is told where its signature is good', () => {
    expect(verdict(withClaims({ ...CLAIMS, ...claims }), { audiences: ['api'] })).toMatchObject({
      reason: 'audience_mismatch',
      client: 'billing-cron',
    });
  });
  it('is not told where nobody vouches for it', () => {
    const text = withClaims({ ...CLAIMS, ...claims });
    const other = withClaims({ ...CLAIMS, ...claims, aud: 'api' });
    const forged = `${other.slice(0, other.lastIndexOf('.'))}${text.slice(text.lastIndexOf('.'))}`;
    for (const [asked, reason] of [
      [forged, 'signature_invalid'],
      [withClaims({ ...CLAIMS, ...claims, exp: NOW - 600 }), 'token_expired'],
      [withClaims({ ...CLAIMS, ...claims, iss: 'https://other.example' }), 'issuer_unknown'],
    ] as const) {
      const refusal = verdict(asked, { audiences: ['api'] });
      expect(refusal).toMatchObject({ kind: 'refused', reason });
      expect(refusal).not.toHaveProperty('client');
    }
  });
});

describe('audience and client', () => {
  it.each([
    ['nothing asked', {}, {}, 'verified'],
    ['one of several', { aud: ['x', 'api'] }, { audiences: ['api', 'b'] }, 'verified'],
    ['another', { aud: 'x' }, { audiences: ['api'] }, 'audience_mismatch'],
    ['a prefix', { aud: 'api/' }, { audiences: ['api'] }, 'audience_mismatch'],
    ['none', {}, { audiences: ['api'] }, 'audience_mismatch'],
    ['an empty array', { aud: [] }, { audiences: ['api'], clientIDs: ['c'] }, 'audience_mismatch'],
    [
      'none, with the client checked',
      { client_id: 'c' },
      { audiences: ['api'], clientIDs: ['c'] },
      'verified',
    ],
    [
      'none, with another client',
      { client_id: 'd' },
      { audiences: ['api'], clientIDs: ['c'] },
      'client_not_allowed',
    ],
    [
      'another, with the client checked',
      { aud: 'x', azp: 'c' },
      { audiences: ['api'], clientIDs: ['c'] },
      'audience_mismatch',
    ],
    ['no client', {}, { clientIDs: ['c'] }, 'client_not_allowed'],
    [
      'the first client claim decides',
      { azp: 'd', client_id: 'c' },
      { clientIDs: ['c'] },
      'client_not_allowed',
    ],
    ['a client that is an array', { azp: ['c'] }, { clientIDs: ['c'] }, 'client_not_allowed'],
  ])('%s', (_, changes, policy, expected) => {
    expect(reasonOf(withClaims(changes), { policy })).toBe(expected);
  });

  it.each([[[]], [''], [['']]])('RFC 9068 tokens with the audience %j have none', (aud) => {
    expect(reasonOf(typed('at+jwt', { aud }))).toBe('audience_mismatch');
    expect(reasonOf(typed('JWT', { aud }))).toBe('verified');
  });

  it('RFC 9068 tokens need an audience, whatever else is checked', () => {
    expect(reasonOf(typed('at+jwt', { azp: 'c' }), { policy: { clientIDs: ['c'] } })).toBe(
      'audience_mismatch',
    );
    expect(reasonOf(typed('at+jwt', { azp: 'c', aud: 'x' }), { policy: { clientIDs: ['c'] } })).toBe(
      'verified',
    );
  });
});

describe('claims', () => {
  it.each([
    ['cnf', { cnf: { jkt: 'x' } }, {}, 'token_bound'],
    ['a null cnf', { cnf: null }, {}, 'token_bound'],
    ['no exp', { exp: undefined }, {}, 'claim_rejected'],
    ['no exp, optional', { exp: undefined }, { expiration: 'Optional' }, 'verified'],
    ['an expired optional exp', { exp: NOW - 31 }, { expiration: 'Optional' }, 'token_expired'],
    ['no iat with maxTokenAge', { iat: undefined }, { maxTokenAge: 60 }, 'claim_rejected'],
    [
      'a required value',
      { token_use: 'access' },
      { requiredClaims: [{ claim: 'token_use', values: ['access'] }] },
      'verified',
    ],
    [
      'one in an array',
      { token_use: ['id', 'access'] },
      { requiredClaims: [{ claim: 'token_use', values: ['access'] }] },
      'verified',
    ],
    [
      'a boolean by its name',
      { ok: true },
      { requiredClaims: [{ claim: 'ok', values: ['true'] }] },
      'verified',
    ],
    [
      'another value',
      { token_use: 'id' },
      { requiredClaims: [{ claim: 'token_use', values: ['access'] }] },
      'claim_rejected',
    ],
    ['a missing claim', {}, { requiredClaims: [{ claim: 'token_use', values: [] }] }, 'claim_rejected'],
    [
      'a null claim',
      { token_use: null },
      { requiredClaims: [{ claim: 'token_use', values: [] }] },
      'claim_rejected',
    ],
    [
      'a false claim is present',
      { token_use: false },
      { requiredClaims: [{ claim: 'token_use', values: [] }] },
      'verified',
    ],
    ['an inherited name', {}, { requiredClaims: [{ claim: 'toString', values: [] }] }, 'claim_rejected'],
    [
      'a true expression',
      { n: 2 },
      { expressions: [{ expression: 'claims.n == 2', message: 'm' }] },
      'verified',
    ],
    [
      'a false expression',
      { n: 3 },
      { expressions: [{ expression: 'claims.n == 2', message: 'm' }] },
      'claim_rejected',
    ],
    [
      'an expression that fails',
      {},
      { expressions: [{ expression: 'claims.n == 2', message: 'm' }] },
      'claim_rejected',
    ],
    ['groups elsewhere', { _claim_names: { groups: 'src1' } }, {}, 'groups_overage'],
    ['other claims elsewhere', { _claim_names: { address: 'src1' } }, {}, 'verified'],
    ['hasgroups', { hasgroups: true }, {}, 'groups_overage'],
    ['hasgroups as text', { hasgroups: 'true' }, {}, 'groups_overage'],
  ] as const)('%s', (_, changes, policy, expected) => {
    expect(reasonOf(withClaims(changes), { policy: policy as Partial<JwtPolicy> })).toBe(expected);
  });
});

it('the expressions of a source share one budget', () => {
  const dear = { expression: "claims.text.split('').all(c, c != '!')", message: 'm' };
  const text = 'a'.repeat(4000);
  const times = (count: number) =>
    reasonOf(withClaims({ text }), { policy: { expressions: Array.from({ length: count }, () => dear) } });
  expect(times(1)).toBe('verified');
  expect(times(32)).toBe('claim_rejected');
});

describe('recheck', () => {
  it('looks at the times and at the freshness of the keys again', () => {
    const source = (checkedAt: number) =>
      finishSteps(prepareSource(sourcePolicy({ maxStale: 100, maxTokenAge: 300 }), new Map(), checkedAt));
    const verified = verifyToken(
      token({ claims: { ...CLAIMS, nbf: NOW - 60 } }),
      indexSources([source(NOW)]),
      NOW,
    );
    if (verified.kind !== 'verified') throw new Error('not verified');
    const again = (now: number, checkedAt = now) => {
      const fresh = source(checkedAt);
      const outcome = recheckToken(indexSources([fresh]), fresh, verified.lasting ?? {}, now);
      return outcome.kind === 'refused' ? outcome.reason : outcome.kind;
    };
    expect(again(NOW)).toBe('stands');
    expect(again(NOW + 101, NOW)).toBe('keys_unavailable');
    expect(again(NOW + 630)).toBe('token_expired');
    expect(again(NOW + 271)).toBe('token_too_old');
    expect(again(NOW - 91)).toBe('token_not_yet_valid');
  });
});
