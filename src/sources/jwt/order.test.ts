import { describe, expect, it } from 'vitest';
import { publicJwk, token } from '../../../test/support/tokens.ts';
import { CLAIMS, NOW, reasonOf } from '../../../test/support/verification.ts';
import type { JwtPolicy } from '../../sources/jwt/policy.ts';
import { TOKEN_REASONS } from './reasons.ts';

describe('the first reason wins', () => {
  /** Each fault added to the ones after it: the reason is always that of the earliest. */
  const faults: readonly (readonly [
    reason: string,
    claims: object,
    header?: object,
    policy?: Partial<JwtPolicy>,
  ])[] = [
    ['issuer_unknown', { iss: 'https://other.example' }],
    ['algorithm_not_allowed', {}, { alg: 'none' }],
    ['type_not_allowed', {}, { typ: 'x' }],
    ['keys_unavailable', {}, {}, { maxStale: 1 }],
    ['key_unknown', {}, { kid: 'nobody' }],
    ['token_expired', { exp: 1 }],
    ['token_not_yet_valid', { nbf: NOW + 999 }],
    ['token_too_old', { iat: 1 }],
    ['signature_invalid', {}, { kid: 'b' }],
    ['token_bound', { cnf: {} }],
    ['audience_mismatch', { aud: 'x' }],
    ['client_not_allowed', { azp: 'x' }],
    ['claim_rejected', { token_use: 'id' }],
    ['groups_overage', { hasgroups: true }],
  ];
  const strict: Partial<JwtPolicy> = {
    audiences: ['api'],
    clientIDs: ['c'],
    maxTokenAge: 60,
    requiredClaims: [{ claim: 'token_use', values: ['access'] }],
    keys: { kind: 'public', keys: [publicJwk('RS256', 'a'), publicJwk('RS256', 'b')] },
  };
  const fitting = { ...CLAIMS, aud: 'api', azp: 'c', token_use: 'access' };

  it('nothing wrong', () => {
    expect(reasonOf(token({ claims: fitting }), { policy: strict })).toBe('verified');
  });

  it.each(faults.map(([reason], i) => [reason, i] as const))('%s', (reason, from) => {
    const later = faults.slice(from);
    const header = Object.assign({}, ...[...later].reverse().map(([, , h]) => h ?? {}));
    const changes = Object.assign({}, ...later.map(([, c]) => c));
    const policy = Object.assign({}, strict, ...later.map(([, , , p]) => p ?? {}));
    expect(reasonOf(token({ header, claims: { ...fitting, ...changes } }), { policy })).toBe(reason);
  });

  it('covers every reason but those of the form', () => {
    const judged = ['token_malformed', 'token_encrypted', ...faults.map(([reason]) => reason)];
    expect(judged).toEqual([...TOKEN_REASONS]);
  });
});
