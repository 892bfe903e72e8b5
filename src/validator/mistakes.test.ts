/** Common mistakes with tokens and clients: the log says what is wrong, where, and what to do. */

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { decide, joe, request } from '../../test/support/decide.ts';
import { bindingPolicy, policyUpdate, rulePolicy, sourcePolicy } from '../../test/support/policy.ts';
import { finishSteps } from '../base/steps.ts';
import { manualClock } from '../base/testing/manual-clock.ts';
import { prepareEnforcer } from '../decision/enforcer.ts';
import type { BindingPolicy } from '../policy/policy.ts';
import type { JwtPolicy } from '../sources/jwt/policy.ts';
import type { LogFields } from '../telemetry/log.ts';
import { createDenialLog } from './denial-log.ts';

const PAGE = readFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8');
const AUDIENCE = 'https://orders.example';
const SOURCE = sourcePolicy({ audiences: [AUDIENCE] });

/** The line that a request with this token leaves in the log. */
function lineOf(
  token: string | undefined,
  source: JwtPolicy = SOURCE,
  binding: BindingPolicy = bindingPolicy(),
): LogFields {
  const lines: LogFields[] = [];
  const log = createDenialLog({
    log: { warn: (_, fields) => void lines.push(fields) },
    clock: manualClock(),
  });
  const asked = request(token === undefined ? {} : { token });
  const decision = decide(finishSteps(prepareEnforcer(policyUpdate([binding], [source]))), asked);
  log.note({ request: asked, client: '192.0.2.7' }, decision);
  return lines[0] ?? {};
}

const admins = bindingPolicy({
  rules: [rulePolicy({ name: 'admin', require: { roles: { anyOf: ['admin'], allOf: [], noneOf: [] } } })],
});

it.each([
  [
    'the issuer has a slash too many',
    () => lineOf(joe({ iss: 'https://issuer.example/' })),
    {
      reason: 'issuer_unknown',
      token_says: 'iss "https://issuer.example/"',
      expected: 'iss "https://issuer.example"; they differ by the slash at the end alone',
      remedy: expect.stringContaining('acceptedIssuers'),
    },
  ],
  [
    'the token is of another provider',
    () => lineOf(joe({ iss: 'https://other.example' })),
    {
      reason: 'issuer_unknown',
      token_says: 'iss "https://other.example"',
      expected: 'iss "https://issuer.example"',
      remedy: expect.stringContaining('spec.jwt.issuer'),
    },
  ],
  [
    'the token is for another API',
    () => lineOf(joe({ aud: 'https://billing.example' })),
    {
      reason: 'audience_mismatch',
      source: 'shop/okta',
      token_says: 'aud "https://billing.example"',
      expected: 'aud "https://orders.example"',
      remedy: expect.stringContaining('spec.jwt.audiences'),
    },
  ],
  [
    'an ID token is sent in the place of an access token',
    () => lineOf(joe({ aud: 'web', nonce: 'n' })),
    {
      reason: 'audience_mismatch',
      token_says: 'aud "web"',
      remedy: 'this is an ID token (it has nonce): send the access token',
    },
  ],
  [
    'the token has expired',
    () => lineOf(joe({ aud: AUDIENCE, exp: 1 })),
    { reason: 'token_expired', source: 'shop/okta', detail: 'The token has expired.' },
  ],
  [
    'no token is sent',
    () => lineOf(undefined),
    { reason: 'token_missing', binding: 'shop/orders', detail: expect.stringMatching(/no token/) },
  ],
  [
    'an opaque token is sent',
    () => lineOf('ya29.a0AfH6SMB'),
    {
      reason: 'token_malformed',
      binding: 'shop/orders',
      detail: 'The token is not three base64url parts joined by dots.',
    },
  ],
  [
    'the roles stand in another claim',
    () => lineOf(joe({ aud: AUDIENCE, groups: undefined, roles: ['admin'] }), SOURCE, admins),
    { reason: 'role_mismatch', rule: 'admin', detail: expect.stringMatching(/^No Role\(s\) are associated/) },
  ],
])('%s', (_, line, expected) => {
  const found = line();
  expect(found).toMatchObject(expected);
  const isOnPage = `${found.remedy}`.startsWith('docs/');
  if (isOnPage) expect(PAGE).toContain(`\n### \`${found.reason}\`\n`);
});
