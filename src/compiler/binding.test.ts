import { describe, expect, it } from 'vitest';
import { compileBinding, rulesOf, SOURCES } from './binding.fixture.ts';
import { summaries } from './compile.fixture.ts';

describe('the smallest binding', () => {
  it('has the defaults of the contract', () => {
    const [policy, result] = compileBinding('sources: [{name: okta}]');
    expect(result.findings).toEqual([]);
    expect(policy).toEqual({
      id: 'shop/api',
      hosts: [],
      ports: [],
      mode: 'Enforce',
      forward: {
        user: 'x-auth-user',
        roles: 'x-auth-roles',
        scopes: 'x-auth-scopes',
        source: 'x-auth-source',
        payload: '',
        claims: [],
        token: 'Keep',
      },
      judgement: {
        kind: 'rules',
        sources: ['shop/okta'],
        credentials: [{ in: 'Header', name: 'authorization', scheme: 'Bearer' }],
        pathMatching: { case: 'Unknown', trailingSlash: 'Unknown' },
        rules: [],
        cors: { preflight: 'Allow', allowOrigins: [] },
        realm: 'shop/api',
        resourceMetadata: '',
      },
    });
    expect(result.bindings.get('shop/api')).toEqual({
      acceptance: { kind: 'accepted' },
      sources: ['shop/okta'],
      sourcesNotPermitted: [],
    });
  });

  it('brings the sources that it uses into the policy, and no others', () => {
    const [, { update, plans }] = compileBinding('sources: [{name: okta}]');
    expect(update.policy.sources.map(({ id }) => id)).toEqual(['shop/okta']);
    expect(plans).toHaveLength(SOURCES.length);
  });
});

describe('a binding', () => {
  it('is normalised', () => {
    const [policy] = compileBinding(
      [
        'sources: [{name: okta}], hosts: [Shop.Example., shop.example, "*.Shop.Example"]',
        'ports: [{port: 8080}, {port: 9090, protocol: H2C}], mode: Audit, realm: orders',
        'credentials: [{in: Header, name: X-Api-Token}, {in: Query, name: Token}, {in: Cookie, name: Sid, origins: ["https://Shop.example:443", "http://a.example:8080"]}]',
        'forward: {user: X-User, roles: "", claims: [{claim: tenant, header: X-Tenant}]}',
        'cors: {preflight: Check, allowOrigins: ["http://Shop.example:80"]}',
      ].join(', '),
    );
    expect(policy).toMatchObject({
      hosts: ['shop.example', '*.shop.example'],
      ports: [8080, 9090],
      mode: 'Audit',
      forward: { user: 'x-user', roles: '', claims: [{ claim: 'tenant', header: 'x-tenant' }] },
    });
    expect(rulesOf(policy)).toMatchObject({
      credentials: [
        { in: 'Header', name: 'x-api-token', scheme: '' },
        { in: 'Query', name: 'Token' },
        { in: 'Cookie', name: 'Sid', origins: ['https://shop.example', 'http://a.example:8080'] },
      ],
      cors: { preflight: 'Check', allowOrigins: ['http://shop.example'] },
      realm: 'orders',
    });
  });

  it('has rules with everything filled in', () => {
    const [policy] = compileBinding(
      `rules: [
        {match: {paths: [{type: Exact, value: /healthz}], methods: [GET], hosts: [A.example]}, authentication: None},
        {name: admin, require: {roles: {anyOf: [admin]}, claims: [{claim: d, noneOf: [x]}], expressions: [{expression: "user == 'joe'"}]}}]`,
    );
    const none = { anyOf: [], allOf: [], noneOf: [] };
    const nothing = {
      roles: none,
      scopes: none,
      claims: [],
      clients: { anyOf: [], noneOf: [] },
      expressions: [],
    };
    expect(rulesOf(policy).rules).toEqual([
      {
        name: 'rules[0]',
        match: { paths: [{ type: 'Exact', value: '/healthz' }], methods: ['GET'], hosts: ['a.example'] },
        authentication: 'None',
        require: nothing,
      },
      {
        name: 'admin',
        match: { paths: [], methods: [], hosts: [] },
        authentication: 'Required',
        require: {
          ...nothing,
          roles: { ...none, anyOf: ['admin'] },
          claims: [{ claim: 'd', ...none, noneOf: ['x'] }],
          expressions: [{ expression: "user == 'joe'", message: 'an expression is not true' }],
        },
      },
    ]);
  });
});

describe('a binding whose only host is malformed', () => {
  it('keeps it, for without hosts it would guard any', () => {
    const [policy, result] = compileBinding('hosts: ["[1:2]"], mode: Disabled');
    expect(summaries(result)).toEqual(['error Invalid spec.hosts[0]']);
    expect(policy).toMatchObject({ hosts: ['[1:2]'], judgement: { kind: 'invalid' } });
  });
});

describe('a binding that cannot be compiled', () => {
  it.each([
    [
      'a regex',
      'paths: [{type: RegularExpression, value: "/a("}]',
      '',
      'InvalidPath',
      '.match.paths[0].value',
    ],
    [
      'a dot segment',
      'paths: [{type: Exact, value: /ok}, {type: Exact, value: /a/../b}]',
      '',
      'InvalidPath',
      '.match.paths[1].value',
    ],
    [
      'a template',
      'paths: [{type: Template, value: "/a/{x}/{x}"}]',
      '',
      'InvalidPath',
      '.match.paths[0].value',
    ],
    ['a host', `hosts: ["${'a'.repeat(64)}.example"]`, '', 'Invalid', '.match.hosts[0]'],
    [
      'an expression',
      '',
      'expressions: [{expression: "nobody == 1"}]',
      'InvalidExpression',
      '.require.expressions[0].expression',
    ],
    [
      'an expression of another kind',
      '',
      'expressions: [{expression: "1 + 1"}]',
      'InvalidExpression',
      '.require.expressions[0].expression',
    ],
  ])('for %s, keeps hosts, mode and forwarded headers, and refuses', (_, match, require, reason, field) => {
    const rule = `{match: {${match}}, require: {${require}}}`;
    const [policy, result] = compileBinding(
      `rules: [${rule}], hosts: [x.example], mode: Audit, forward: {user: X-Who}`,
    );
    expect(summaries(result)).toEqual([`error ${reason} spec.rules[0]${field}`]);
    expect(policy).toMatchObject({
      hosts: ['x.example'],
      mode: 'Audit',
      forward: { user: 'x-who' },
      judgement: { kind: 'invalid', problem: expect.stringContaining(`spec.rules[0]${field}`) },
    });
    expect(result.bindings.get('shop/api')?.acceptance).toMatchObject({ kind: 'refused', reason });
  });
});

describe('pathMatching', () => {
  it.each([
    ['', { case: 'Unknown', trailingSlash: 'Unknown' }],
    ['formatSuffix: Unknown', { case: 'Unknown', trailingSlash: 'Unknown' }],
    ['formatSuffix: None', { case: 'Unknown', trailingSlash: 'Unknown', formatSuffix: 'None' }],
    [
      'case: Sensitive, frontController: None',
      { case: 'Sensitive', trailingSlash: 'Unknown', frontController: 'None' },
    ],
  ])('{%s} says of what is not known nothing that older validators would not know', (text, expected) => {
    const [policy] = compileBinding(`pathMatching: {${text}}`);
    expect(policy.judgement).toMatchObject({ kind: 'rules' });
    expect(policy.judgement.kind === 'rules' && policy.judgement.pathMatching).toEqual(expected);
  });
});

describe('warnings', () => {
  it.each([
    [
      'a rule after one that takes all',
      '{authentication: Optional}, {name: b}',
      ['RuleUnreachable spec.rules[1]'],
    ],
    [
      'a rule below an earlier prefix',
      '{match: {paths: [{type: PathPrefix, value: /a}]}}, {match: {paths: [{type: Exact, value: /a/b}]}}',
      ['RuleUnreachable spec.rules[1]'],
    ],
    [
      'HEAD that another rule judges than GET',
      '{match: {methods: [GET], paths: [{type: Exact, value: /a}]}}, {name: b, match: {methods: [GET, HEAD]}}',
      ['HeadUnlisted spec.rules[0].match.methods'],
    ],
    [
      'GET, where a later rule would seem to take HEAD',
      '{match: {methods: [GET], paths: [{type: Exact, value: /a}]}, authentication: None}, {name: b}',
      ['HeadUnlisted spec.rules[0].match.methods'],
    ],
    [
      'an open rule for everything',
      '{match: {paths: [{type: PathPrefix, value: /}]}, authentication: None}',
      ['RuleOpen spec.rules[0].authentication'],
    ],
    ['an open rule without match', '{authentication: None}', ['RuleOpen spec.rules[0].authentication']],
    [
      'Deny with requirements',
      '{authentication: Deny, require: {roles: {anyOf: [a]}}}',
      ['RequirementIgnored spec.rules[0].require'],
    ],
    [
      'GET, which lists HEAD beside it',
      '{match: {methods: [GET, HEAD], paths: [{type: Exact, value: /a}]}, authentication: None}, {name: b}',
      [],
    ],
    [
      'GET, where all the rest is refused',
      '{match: {methods: [GET], paths: [{type: Exact, value: /a}]}}, {name: b, authentication: Deny}',
      [],
    ],
    [
      'GET, where nothing later speaks of its path',
      '{match: {methods: [GET], paths: [{type: Exact, value: /a}]}}, {name: b, match: {methods: [HEAD], paths: [{type: Exact, value: /b}]}}',
      [],
    ],
    ['an open rule for one path', '{match: {paths: [{type: Exact, value: /}]}, authentication: None}', []],
    ['Deny alone', '{match: {paths: [{type: Exact, value: /x}]}, authentication: Deny}, {}', []],
    [
      'a prefix after a path below it',
      '{match: {paths: [{type: Exact, value: /a/b}]}}, {match: {paths: [{type: PathPrefix, value: /a}]}}',
      [],
    ],
  ])('%s', (_, rules, expected) => {
    const [policy, result] = compileBinding(`rules: [${rules}]`);
    expect(summaries(result)).toEqual(expected.map((warning) => `warning ${warning}`));
    expect(policy.judgement.kind).toBe('rules');
  });
});
