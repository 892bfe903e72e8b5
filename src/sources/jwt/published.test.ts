import { verifyToken } from '../../../test/support/verification.ts';
import { finishSteps } from '../../base/steps.ts';
/** The tokens that the RFCs print, and what becomes of them here. */

import { expect, it } from 'vitest';
import { sourcePolicy } from '../../../test/support/policy.ts';
import type { JwtPolicy } from '../../sources/jwt/policy.ts';
import { indexSources } from './issuer.ts';
import { prepareSource } from './source.ts';

/** A second before the tokens of RFC 7515 expire. */
const THEN = 1_300_819_379;
const JOE = 'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';
const BY_HMAC = `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${JOE}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`;
const BY_ES256 = `eyJhbGciOiJFUzI1NiJ9.${JOE}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q`;

const HMAC: JwtPolicy['keys'] = { kind: 'hmac', keys: [{ secret: 's', secretRevision: '1' }] };
const P256: JwtPolicy['keys'] = {
  kind: 'public',
  keys: [
    {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    },
  ],
};
const SECRET = 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow';

function verdict(token: string, keys: JwtPolicy['keys'], now: number): string {
  const policy = sourcePolicy({ issuers: ['joe'], clockSkew: 0, keys });
  const secrets = new Map([['s', Buffer.from(SECRET, 'base64url')]]);
  const verification = verifyToken(
    token,
    indexSources([finishSteps(prepareSource(policy, secrets, undefined))]),
    now,
  );
  return verification.kind === 'refused' ? verification.reason : verification.kind;
}

const json = (header: string, payload: string, signature: string) => ({
  flattened: JSON.stringify({ payload, protected: header, signature }),
  general: JSON.stringify({ payload, signatures: [{ protected: header, signature }] }),
});
const [header = '', payload = '', signature = ''] = BY_ES256.split('.');
const { flattened, general } = json(header, payload, signature);

it.each<[string, string, JwtPolicy['keys'], number, string]>([
  ['RFC 7515 A.1', BY_HMAC, HMAC, THEN, 'verified'],
  ['RFC 7515 A.1, a second later', BY_HMAC, HMAC, THEN + 1, 'token_expired'],
  ['RFC 7515 A.1, where the keys are public', BY_HMAC, P256, THEN, 'algorithm_not_allowed'],
  ['RFC 7515 A.3', BY_ES256, P256, THEN, 'verified'],
  ['RFC 7515 A.3, where the keys are secrets', BY_ES256, HMAC, THEN, 'algorithm_not_allowed'],
  ['RFC 7515 A.5, unsecured', `eyJhbGciOiJub25lIn0.${JOE}.`, P256, THEN, 'algorithm_not_allowed'],
  ['RFC 7515 A.5 without its last dot', `eyJhbGciOiJub25lIn0.${JOE}`, P256, THEN, 'token_malformed'],
  ['RFC 7515 A.6, general JSON', general, P256, THEN, 'token_malformed'],
  ['RFC 7515 A.7, flattened JSON', flattened, P256, THEN, 'token_malformed'],
  [
    'RFC 7515 appendix E, crit',
    'eyJhbGciOiJub25lIiwNCiAiY3JpdCI6WyJodHRwOi8vZXhhbXBsZS5jb20vVU5ERUZJTkVEIl0sDQogImh0dHA6Ly9leGFtcGxlLmNvbS9VTkRFRklORUQiOnRydWUNCn0.RkFJTA.',
    P256,
    THEN,
    'token_malformed',
  ],
  ['RFC 7515 appendix F, detached', `${header}..${signature}`, P256, THEN, 'token_malformed'],
  [
    'RFC 7797 section 4.2, detached and not encoded',
    'eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19..A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY',
    HMAC,
    THEN,
    'token_malformed',
  ],
  [
    'RFC 7516 A.3, encrypted',
    'eyJhbGciOiJBMTI4S1ciLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0.6KB707dM9YTIgHtLvtgWQ8mKwboJW3of9locizkDTHzBC2IlrT1oOQ.AxY8DCtDaGlsbGljb3RoZQ.KDlTtXchhZTGufMYmOYGS4HffxPSUrfmqCHXaI9wOGY.U0m_YmjN04DJvceFICbCVQ',
    HMAC,
    THEN,
    'token_encrypted',
  ],
])('%s', (_name, token, keys, now, expected) => {
  expect(verdict(token, keys, now)).toBe(expected);
});
