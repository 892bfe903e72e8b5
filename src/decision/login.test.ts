import { describe, expect, it } from 'vitest';
import { decide, enforce, joe, request, verdict } from '../../test/support/decide.ts';
import { rulePolicy } from '../../test/support/policy.ts';
import { finishSteps } from '../base/steps.ts';
import { deny } from './answers.ts';
import { prepareBinding } from './binding.ts';
import { REASONS, type Reason } from './reasons.ts';
import { loginFor, NAVIGATES, sentTo, withLogin } from './testing/login.ts';

describe('a browser without a login', () => {
  it('is sent to the login page, which learns of the URL', () => {
    const asked = request({ pathAndQuery: '/orders?page=2&q=a+b', headers: NAVIGATES });
    const decision = decide(enforce(withLogin()), asked);
    expect(decision).toMatchObject({ outcome: 'denied', reason: 'token_missing', status: 302, body: '' });
    expect('headers' in decision && decision.headers).toEqual([
      ['location', loginFor('https://api.example/orders?page=2&q=a+b')],
      ['cache-control', 'no-store'],
    ]);
  });

  it.each([
    ['a fetch', { headers: { 'sec-fetch-mode': 'cors', accept: 'text/html' } }],
    ['a fetch of its own origin', { headers: { 'sec-fetch-mode': 'same-origin', accept: 'text/html' } }],
    ['an image', { headers: { 'sec-fetch-mode': 'no-cors' } }],
    ['a WebSocket', { headers: { 'sec-fetch-mode': 'websocket' } }],
    ['two modes', { headers: { 'sec-fetch-mode': 'navigate, cors' } }],
    ['a program', { headers: {} }],
    ['a program that takes all', { headers: { accept: '*/*' } }],
    ['a program that prefers JSON', { headers: { accept: 'application/json, text/html' } }],
    ['another type of that name', { headers: { accept: 'text/htmlx' } }],
    ['a script over http', { headers: { accept: 'text/html, */*', 'x-requested-with': 'XMLHttpRequest' } }],
    ['a script of another origin', { headers: { accept: 'text/html', origin: 'http://a.example' } }],
    ['a form', { method: 'POST' }],
    ['HEAD', { method: 'HEAD' }],
    ['a gRPC caller', { headers: { ...NAVIGATES, 'content-type': 'application/grpc+proto' } }],
  ])('and %s is not', (_, changes) => {
    expect(sentTo(changes)).toBeUndefined();
  });

  it('nor is a preflight', () => {
    const headers = { ...NAVIGATES, origin: 'https://a.example', 'access-control-request-method': 'GET' };
    const policy = withLogin({}, { cors: { preflight: 'Check', allowOrigins: [] } });
    expect(sentTo({ method: 'OPTIONS', headers }, policy)).toBeUndefined();
  });

  it.each(['text/html', 'text/html,application/xhtml+xml;q=0.9', ' TEXT/HTML ; q=1, */*'])(
    'that is too old to say what it does says %s',
    (accept) => {
      expect(sentTo({ headers: { accept } })).toBe(loginFor('https://api.example/orders'));
    },
  );

  it('is let in where nobody needs a login, and passes in mode Audit', () => {
    const open = withLogin({}, { rules: [rulePolicy({ authentication: 'None' })] });
    expect(verdict(decide(enforce(open), request({ headers: NAVIGATES })))).toBe('allowed anonymous');
    const audited = decide(enforce(withLogin({}, {}, { mode: 'Audit' })), request({ headers: NAVIGATES }));
    expect(verdict(audited)).toBe('audit_denied token_missing');
  });
});

/** Which refusals a login cures. Every 401 stands here. */
const REDIRECTED: Readonly<Partial<Record<Reason, boolean>>> = {
  token_missing: true,
  token_expired: true,
  token_too_old: true,
  key_unknown: true,
  token_malformed: false,
  token_encrypted: false,
  token_bound: false,
  algorithm_not_allowed: false,
  issuer_unknown: false,
  signature_invalid: false,
  type_not_allowed: false,
  audience_mismatch: false,
  client_not_allowed: false,
  token_not_yet_valid: false,
  claim_rejected: false,
  groups_overage: false,
  authentication_insufficient: false,
};

it.each(Object.entries(REASONS))('%s', (reason, { status }) => {
  const binding = finishSteps(prepareBinding(withLogin()));
  const denied = deny(
    { request: request({ headers: NAVIGATES }), binding },
    { reason: reason as Reason, detail: 'd' },
  );
  const isRedirected = REDIRECTED[reason as Reason];
  expect(isRedirected === undefined).toBe(status !== 401);
  expect(denied).toMatchObject({ status: isRedirected === true ? 302 : status });
});

it('an expired token of a real session is cured, one for another API is not', () => {
  const enforcer = enforce(withLogin({}, { resource: { audiences: ['https://api.example'] } }));
  const status = (claims: object) => {
    const { headers } = request({
      token: joe({ aud: 'https://api.example', ...claims }),
      headers: NAVIGATES,
    });
    return decide(enforcer, request({ headers }));
  };
  expect(status({ exp: 1 })).toMatchObject({ status: 302, reason: 'token_expired' });
  expect(status({ aud: 'other' })).toMatchObject({ status: 401, reason: 'audience_mismatch' });
});
