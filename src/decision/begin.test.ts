import { describe, expect, it } from 'vitest';
import { decide, enforce, joe, judge, request, verdict } from '../../test/support/decide.ts';
import { bindingPolicy, policyUpdate, rulePolicy, sourcePolicy } from '../../test/support/policy.ts';
import { finishSteps } from '../base/steps.ts';
import { prepareEnforcer } from './enforcer.ts';

describe('the rule', () => {
  const path = (value: string, type: 'Exact' | 'PathPrefix' | 'Template' = 'PathPrefix') => ({
    paths: [{ type, value }],
  });
  const rules = [
    rulePolicy({
      name: 'health',
      match: { ...path('/healthz', 'Exact'), methods: ['GET', 'HEAD'] },
      authentication: 'None',
    }),
    rulePolicy({ name: 'internal', match: path('/internal'), authentication: 'Deny' }),
    rulePolicy({
      name: 'public',
      match: { ...path('/public'), hosts: ['*.example'] },
      authentication: 'Optional',
    }),
    rulePolicy({
      name: 'admin',
      match: path('/admin'),
      require: { roles: { anyOf: ['admin'], allOf: [], noneOf: [] } },
    }),
  ];

  it.each([
    ['GET', '/healthz', 'allowed anonymous'],
    ['HEAD', '/healthz?x=1', 'allowed anonymous'],
    ['POST', '/healthz', 'denied token_missing'],
    ['GET', '/healthzz', 'denied token_missing'],
    ['GET', '/internal/x', 'denied access_denied'],
    ['OPTIONS', '/internal/x', 'denied access_denied'],
    ['GET', '/public/x', 'allowed anonymous'],
    ['GET', '/admin', 'denied token_missing'],
    ['GET', '/elsewhere', 'denied token_missing'],
  ])('%s %s is %s', (method, target, expected) => {
    expect(verdict(judge(rules, { method, pathAndQuery: target }))).toBe(expected);
  });

  it.each([
    '/public/../admin',
    '/public/..;/admin',
    '/public/%2e%2e/admin',
    '/public/%252e%252e/admin',
    '/public/..%2fadmin',
    '/public\\..\\admin',
    '/%61dmin',
    '/ADMIN',
    '/internal;x=1/y',
    '//internal',
    '/INTERNAL',
    '/healthz/',
    '/public/..;foo=bar/internal',
  ])('is ambiguous for %s', (target) => {
    expect(verdict(judge(rules, { pathAndQuery: target, token: joe({ groups: ['admin'] }) }))).toBe(
      'denied path_ambiguous',
    );
  });

  it.each(['*', '', 'http://api.example/public', 'public', '/public#/admin', '/a b', '/caf\u00e9', '/a\tb'])(
    'is not looked for with the target %j',
    (target) => {
      expect(verdict(judge(rules, { pathAndQuery: target }))).toBe('denied request_malformed');
    },
  );

  it.each(['get', 'Get', '', 'GET POST', 'G\u0000'])('is not looked for with the method %j', (method) => {
    expect(verdict(judge(rules, { method, pathAndQuery: '/healthz' }))).toBe('denied request_malformed');
  });

  it('that takes all is Required when nothing else is said', () => {
    expect(verdict(judge([], {}))).toBe('denied token_missing');
    expect(verdict(judge([], { token: joe() }))).toBe('allowed authenticated');
    expect(judge([rulePolicy({ name: 'all' })], { token: joe() }).rule).toBe('all');
  });

  it('decides alone: a later one never loosens it', () => {
    const strictFirst = [
      rulePolicy({ name: 'deny', authentication: 'Deny' }),
      rulePolicy({ name: 'open', authentication: 'None' }),
    ];
    expect(verdict(judge(strictFirst))).toBe('denied access_denied');
  });
});

describe('authentication', () => {
  it.each([
    ['Optional', undefined, 'allowed anonymous'],
    ['Optional', joe(), 'allowed authenticated'],
    ['Optional', joe({ exp: 1 }), 'denied token_expired'],
    ['Optional', 'rubbish', 'denied token_malformed'],
    ['Required', undefined, 'denied token_missing'],
    ['None', 'rubbish', 'allowed anonymous'],
    ['Deny', joe(), 'denied access_denied'],
  ] as const)('%s', (authentication, token, expected) => {
    expect(verdict(judge([rulePolicy({ authentication })], token === undefined ? {} : { token }))).toBe(
      expected,
    );
  });

  it('Optional does not let anybody anonymous past a requirement', () => {
    const scopes = { anyOf: [], allOf: ['a'], noneOf: [] };
    expect(verdict(judge([rulePolicy({ authentication: 'Optional', require: { scopes } })]))).toBe(
      'denied token_missing',
    );
    const clients = { anyOf: [], noneOf: ['bad'] };
    expect(verdict(judge([rulePolicy({ authentication: 'Optional', require: { clients } })]))).toBe(
      'denied token_missing',
    );
  });
});

describe('preflight', () => {
  const headers = { origin: 'https://a.example', 'access-control-request-method': 'PUT' };
  const preflight = (preflight: 'Allow' | 'Check', changes = {}) =>
    verdict(
      decide(
        enforce(bindingPolicy({ cors: { preflight, allowOrigins: [] } })),
        request({ method: 'OPTIONS', headers, ...changes }),
      ),
    );

  it('passes where it is allowed, and only if it is one', () => {
    expect(preflight('Allow')).toBe('allowed preflight');
    expect(preflight('Allow', { method: 'GET' })).toBe('denied token_missing');
    expect(preflight('Allow', { headers: { origin: 'https://a.example' } })).toBe('denied token_missing');
    expect(preflight('Allow', { headers: { 'access-control-request-method': 'PUT' } })).toBe(
      'denied token_missing',
    );
  });

  it('is judged like any request where it is to be checked', () => {
    expect(preflight('Check')).toBe('denied token_missing');
  });
});

describe('sources', () => {
  it('that are all gone leave nobody to judge a token', () => {
    const gone = enforce(bindingPolicy({ sources: [] }));
    expect(verdict(decide(gone, request({ token: joe() })))).toBe('denied keys_unavailable');
    expect(verdict(decide(gone, request()))).toBe('denied token_missing');
    const dangling = enforce(bindingPolicy({ sources: ['shop/nobody'] }));
    expect(verdict(decide(dangling, request({ token: joe() })))).toBe('denied keys_unavailable');
  });

  it('of other bindings do not count', () => {
    const other = sourcePolicy({ id: 'shop/other', uid: 'o', issuers: ['https://other.example'] });
    const enforcer = finishSteps(
      prepareEnforcer(policyUpdate([bindingPolicy({ sources: ['shop/other'] })], [sourcePolicy(), other])),
    );
    expect(verdict(decide(enforcer, request({ token: joe() })))).toBe('denied issuer_unknown');
  });
});

describe('modes', () => {
  const inMode = (mode: 'Audit' | 'Disabled', changes = {}) =>
    decide(
      enforce(
        bindingPolicy(
          {
            rules: [
              rulePolicy({
                match: { paths: [{ type: 'PathPrefix', value: '/admin' }] },
                authentication: 'Deny',
              }),
            ],
          },
          { mode, ...changes },
        ),
      ),
      request({ pathAndQuery: '/admin' }),
    );

  it('Audit lets everything pass, and says what it would have refused', () => {
    expect(verdict(inMode('Audit'))).toBe('audit_denied access_denied');
    expect(verdict(inMode('Audit', { judgement: { kind: 'invalid', problem: 'p' } }))).toBe(
      'audit_denied binding_invalid',
    );
    const audited = enforce(bindingPolicy({}, { mode: 'Audit' }));
    expect(verdict(decide(audited, request()))).toBe('audit_denied token_missing');
    expect(verdict(decide(audited, request({ pathAndQuery: '*' })))).toBe('audit_denied request_malformed');
    expect(verdict(decide(audited, request({ token: joe() })))).toBe('allowed authenticated');
  });

  it('Disabled judges nothing', () => {
    expect(verdict(inMode('Disabled'))).toBe('allowed disabled');
    expect(verdict(inMode('Disabled', { judgement: { kind: 'invalid', problem: 'p' } }))).toBe(
      'allowed disabled',
    );
  });
});
