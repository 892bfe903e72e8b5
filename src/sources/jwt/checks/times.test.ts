import { describe, expect, it } from 'vitest';
import { timeProblem } from './times.ts';

const NOW = 1_000_000;
const reason = (
  times: { exp?: number; nbf?: number; iat?: number },
  { clockSkew = 30, maxTokenAge }: { clockSkew?: number; maxTokenAge?: number } = {},
) =>
  timeProblem(
    { expiresAt: times.exp, notBefore: times.nbf, issuedAt: times.iat },
    { clockSkew, ...(maxTokenAge === undefined ? {} : { maxTokenAge }) },
    NOW,
  )?.reason;

describe('timeProblem', () => {
  it.each([
    ['nothing to judge', {}, {}, undefined],
    ['exp within the skew', { exp: NOW - 29 }, {}, undefined],
    ['exp at the end of the skew', { exp: NOW - 30 }, {}, 'token_expired'],
    ['exp now, without skew', { exp: NOW }, { clockSkew: 0 }, 'token_expired'],
    ['exp a moment ahead, without skew', { exp: NOW + 0.5 }, { clockSkew: 0 }, undefined],
    ['exp 0', { exp: 0 }, {}, 'token_expired'],
    ['exp negative', { exp: -1 }, {}, 'token_expired'],
    ['nbf at the end of the skew', { nbf: NOW + 30 }, {}, undefined],
    ['nbf beyond the skew', { nbf: NOW + 30.5 }, {}, 'token_not_yet_valid'],
    ['expired and not yet valid', { exp: NOW - 99, nbf: NOW + 99 }, {}, 'token_expired'],
    ['an age at its end', { iat: NOW - 3630 }, { maxTokenAge: 3600 }, undefined],
    ['an age beyond its end', { iat: NOW - 3631 }, { maxTokenAge: 3600 }, 'token_too_old'],
    ['an age nobody asked for', { iat: 0 }, {}, undefined],
    ['an iat ahead that nobody asked for', { iat: NOW + 999 }, {}, undefined],
    ['an iat ahead within the skew', { iat: NOW + 30 }, { maxTokenAge: 60 }, undefined],
    [
      'an iat ahead, which would stretch the age',
      { iat: NOW + 31 },
      { maxTokenAge: 60 },
      'token_not_yet_valid',
    ],
  ])('%s', (_, times, policy, expected) => {
    expect(reason(times, policy)).toBe(expected);
  });
});
