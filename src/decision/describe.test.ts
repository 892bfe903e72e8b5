import { describe, expect, it } from 'vitest';
import { enforce, joe, request, verdict, verifyNow } from '../../test/support/decide.ts';
import { bindingPolicy, NOTHING, rulePolicy } from '../../test/support/policy.ts';
import { NOW } from '../../test/support/verification.ts';
import { finishSteps } from '../base/steps.ts';
import type { RulePolicy } from '../policy/policy.ts';
import { begin } from './begin.ts';
import { prepareBinding } from './binding.ts';
import { describeReadings, describeRequirements } from './describe.ts';
import { finish } from './finish.ts';

type Require = Partial<RulePolicy['require']>;

/** The findings about a rule for a token of joe's, and the decision. */
function told(require: Require, claims: object, target = '/people/joe', sources?: readonly string[]) {
  const rule = rulePolicy({
    match: { paths: [{ type: 'Template', value: '/people/{id}' }] },
    require,
    ...(sources && { sources }),
  });
  const begun = begin(
    enforce(bindingPolicy({ rules: [rule] })),
    request({ pathAndQuery: target, token: joe(claims) }),
  );
  if (begun.kind !== 'verify') throw new TypeError('no token is looked at');
  const { pending } = begun;
  const verification = verifyNow(pending);
  if (verification.kind !== 'verified') throw new TypeError('the token is refused');
  const decision = finish(pending, verification, NOW);
  return {
    verdict: verdict(decision),
    findings: describeRequirements(pending, verification.identity, NOW),
  };
}

const anyOf = (...values: string[]) => ({ ...NOTHING, anyOf: values });
const everything: Require = {
  roles: anyOf('admin', 'ops'),
  scopes: { ...NOTHING, allOf: ['write'] },
  claims: [{ claim: 'department', ...NOTHING, noneOf: ['sales'] }],
  clients: { anyOf: ['app'], noneOf: [] },
  authentication: { acr: ['phr', 'phrh'], maxAge: 900 },
  expressions: [{ expression: 'params.id == user', message: 'not yours' }],
};
const fitting = {
  ...{ groups: ['ops'], scope: 'read write', department: 'it', azp: 'app' },
  ...{ acr: 'phr', auth_time: NOW - 60 },
};
const AGE = 'at most 15m before 2027-01-15T08:00:00Z, clockSkew 30 s';

describe('describeRequirements', () => {
  it('tells of all that holds', () => {
    expect(told(everything, fitting)).toEqual({
      verdict: 'allowed authenticated',
      findings: [
        'roles: "ops"; any of "admin", "ops"',
        'acr: "phr"; any of "phr", "phrh"',
        `auth_time: 2027-01-15T07:59:00Z; ${AGE}`,
        'scopes: "read", "write"; all of "write"',
        'claim department: "it"; none of "sales"',
        'client: "app"; any of "app"',
        'params.id == user: true',
      ],
    });
  });

  it.each([
    ['role_mismatch', { groups: [] }, 'roles: none; any of "admin", "ops"'],
    ['authentication_insufficient', { auth_time: '1' }, `auth_time: "1"; ${AGE}`],
    ['scope_insufficient', { scope: 'read' }, 'scopes: "read"; all of "write"'],
    ['claim_mismatch', { department: 'sales' }, 'claim department: "sales"; none of "sales"'],
    ['client_mismatch', { azp: undefined }, 'client: absent; any of "app"'],
    ['expression_denied', { sub: 'ann' }, 'params.id == user: false'],
  ])('ends at %s', (reason, claims, last) => {
    const { verdict: found, findings } = told(everything, { ...fitting, ...claims });
    expect(found).toBe(`denied ${reason}`);
    expect(findings.at(-1)).toBe(last);
  });

  it.each([
    [
      'roles',
      { groups: ['a', {}] },
      'roles: "a", and what has no spelling (an object, a list in a list); none of "b"',
    ],
    [
      'scopes',
      { scp: {} },
      'scopes: none, and what has no spelling (an object, a list in a list); none of "b"',
    ],
  ] as const)('tells of %s that cannot be read', (part, claims, last) => {
    expect(told({ [part]: { ...NOTHING, noneOf: ['b'] } }, claims).findings).toEqual([last]);
  });

  it('tells of sources', () => {
    expect(told({}, {}, '/people/joe', ['shop/other'])).toEqual({
      verdict: 'denied access_denied',
      findings: ['source shop/okta; taken are "shop/other"'],
    });
  });

  it('tells what an expression says of each reading', () => {
    const { expressions } = everything;
    expect(told({ ...(expressions && { expressions }) }, {}, '/people/Joe')).toEqual({
      verdict: 'denied path_ambiguous',
      findings: [
        'params.id == user: false for /people/Joe {"id":"Joe"}',
        'params.id == user: true for /people/joe {"id":"joe"}',
      ],
    });
  });

  it('tells why an expression fails', () => {
    const expressions = [{ expression: 'claims.level > 1', message: 'too low' }];
    expect(told({ expressions }, {}).findings).toEqual([
      expect.stringMatching(/^claims\.level > 1: error, /),
    ]);
  });
});

describe('describeReadings', () => {
  const prepared = finishSteps(
    prepareBinding(
      bindingPolicy({
        rules: [
          rulePolicy({ name: 'post', match: { methods: ['POST'] } }),
          rulePolicy({ name: 'elsewhere', match: { hosts: ['other.example'] } }),
          rulePolicy({ name: 'admin', match: { paths: [{ type: 'PathPrefix', value: '/admin' }] } }),
        ],
      }),
    ),
  );
  const readings = (method: string, path: string) =>
    prepared.kind === 'rules'
      ? describeReadings(prepared, { method, host: 'api.example', call: undefined }, path)
      : [];

  it('tells the first reading for each rule', () => {
    expect(readings('GET', '/x/..%2fadmin/y')).toEqual([
      '/x/..%2fadmin/y leads to no rule',
      '/admin/y leads to rule admin',
    ]);
    expect(readings('POST', '/x/..%2fadmin/y')).toEqual(['/x/..%2fadmin/y leads to rule post']);
  });

  it('tells where a framework may lead the request', () => {
    expect(readings('GET', '/admin.json')).toEqual([
      '/admin.json leads to no rule',
      '/admin leads to rule admin',
    ]);
  });

  it('says nothing of paths that are too long to be judged', () => {
    expect(readings('GET', `/${'a'.repeat(9000)}`)).toEqual([]);
  });
});
