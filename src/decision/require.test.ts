import { describe, expect, it } from 'vitest';
import { decide, joe, judge, request, verdict } from '../../test/support/decide.ts';
import {
  all,
  any,
  bindingPolicy,
  cel,
  NOTHING,
  none,
  policyUpdate,
  rulePolicy,
  sourcePolicy,
} from '../../test/support/policy.ts';
import { finishSteps } from '../base/steps.ts';
import type { Requirements } from '../policy/policy.ts';
import { prepareEnforcer } from './enforcer.ts';

const requires = (require: Partial<Requirements>, claims: object, more = {}) =>
  verdict(judge([rulePolicy({ require })], { token: joe(claims), ...more }));

describe('what a rule requires', () => {
  it.each([
    ['one role of two', { roles: any('a', 'b') }, { groups: ['b'] }, 'allowed authenticated'],
    ['no such role', { roles: any('a') }, { groups: ['b'] }, 'denied role_mismatch'],
    ['another case', { roles: any('admin') }, { groups: ['Admin'] }, 'denied role_mismatch'],
    ['all roles', { roles: all('a', 'b') }, { groups: ['a', 'b', 'c'] }, 'allowed authenticated'],
    ['one role too few', { roles: all('a', 'b') }, { groups: ['a'] }, 'denied role_mismatch'],
    ['a role that must not be', { roles: none('a') }, { groups: ['a'] }, 'denied role_mismatch'],
    ['no role that must not be', { roles: none('a') }, {}, 'allowed authenticated'],
    [
      'any and all',
      { roles: { anyOf: ['a'], allOf: ['b'], noneOf: [] } },
      { groups: ['b'] },
      'denied role_mismatch',
    ],
    [
      'a scope',
      { scopes: all('orders:write') },
      { scope: 'orders:read orders:write' },
      'allowed authenticated',
    ],
    [
      'a missing scope',
      { scopes: all('orders:write') },
      { scope: 'orders:read' },
      'denied scope_insufficient',
    ],
    [
      'a claim',
      { claims: [{ claim: 'department', ...any('ops') }] },
      { department: 'ops' },
      'allowed authenticated',
    ],
    [
      'one value of an array',
      { claims: [{ claim: 'd', ...any('ops') }] },
      { d: ['dev', 'ops'] },
      'allowed authenticated',
    ],
    ['another value', { claims: [{ claim: 'd', ...any('ops') }] }, { d: 'dev' }, 'denied claim_mismatch'],
    [
      'a forbidden value',
      { claims: [{ claim: 'd', ...none('ops') }] },
      { d: ['ops'] },
      'denied claim_mismatch',
    ],
    ['no value that is forbidden', { claims: [{ claim: 'd', ...none('ops') }] }, {}, 'allowed authenticated'],
    [
      'no value that is forbidden, and null',
      { claims: [{ claim: 'd', ...none('ops') }] },
      { d: null },
      'allowed authenticated',
    ],
    [
      'a number whose last digits are lost, so that it may be the forbidden one',
      { claims: [{ claim: 'd', ...none('9007199254740993') }] },
      { d: 2 ** 53 },
      'denied claim_mismatch',
    ],
    [
      'a value that cannot be compared with a forbidden one',
      { claims: [{ claim: 'd', ...none('ops') }] },
      { d: ['dev', ['ops']] },
      'denied claim_mismatch',
    ],
    [
      'a claim that must be there',
      { claims: [{ claim: 'd', ...NOTHING }] },
      { d: {} },
      'allowed authenticated',
    ],
    ['a claim that is not there', { claims: [{ claim: 'd', ...NOTHING }] }, {}, 'denied claim_mismatch'],
    ['a claim that is null', { claims: [{ claim: 'd', ...NOTHING }] }, { d: null }, 'denied claim_mismatch'],
    ['a client', { clients: { anyOf: ['c'], noneOf: [] } }, { azp: 'c' }, 'allowed authenticated'],
    ['another client', { clients: { anyOf: ['c'], noneOf: [] } }, { azp: 'd' }, 'denied client_mismatch'],
    ['no client', { clients: { anyOf: ['c'], noneOf: [] } }, {}, 'denied client_mismatch'],
    ['a forbidden client', { clients: { anyOf: [], noneOf: ['c'] } }, { azp: 'c' }, 'denied client_mismatch'],
    ['a true expression', cel('user == "joe"'), {}, 'allowed authenticated'],
    ['a false expression', cel('user == "ann"'), {}, 'denied expression_denied'],
    ['an expression that fails', cel('claims.nothing == 1'), {}, 'denied expression_denied'],
    [
      'a user that the token does not name',
      cel("user != 'bob'"),
      { sub: undefined },
      'denied expression_denied',
    ],
    ['a client that the token does not name', cel("client != 'bad'"), {}, 'denied expression_denied'],
  ] as const)('%s', (_, require, claims, expected) => {
    expect(requires(require as Partial<Requirements>, claims)).toBe(expected);
  });

  it('is looked at in its order', () => {
    const everything: Requirements = {
      roles: any('r'),
      scopes: any('s'),
      claims: [{ claim: 'd', ...any('d') }],
      clients: { anyOf: ['c'], noneOf: [] },
      authentication: { acr: ['phr'] },
      ...cel('false'),
    };
    const steps: readonly (readonly [object, string])[] = [
      [{}, 'role_mismatch'],
      [{ groups: ['r'] }, 'authentication_insufficient'],
      [{ acr: 'phr' }, 'scope_insufficient'],
      [{ scope: 's' }, 'claim_mismatch'],
      [{ d: 'd' }, 'client_mismatch'],
      [{ azp: 'c' }, 'expression_denied'],
    ];
    let claims = {};
    for (const [more, reason] of steps) {
      claims = { ...claims, ...more };
      expect(requires(everything, claims)).toBe(`denied ${reason}`);
    }
  });

  it('may be a source: a token of another one is good, but not here', () => {
    const okta = [rulePolicy({ sources: ['shop/okta'] })];
    const others = [rulePolicy({ sources: ['shop/other'] })];
    const nobody = [rulePolicy({ sources: [] })];
    expect(verdict(judge(okta, { token: joe() }))).toBe('allowed authenticated');
    expect(verdict(judge(others, { token: joe() }))).toBe('denied access_denied');
    expect(verdict(judge(nobody, { token: joe() }))).toBe('denied access_denied');
  });
});

describe('roles that a source asks for', () => {
  const decideWith = (roles: readonly string[], claims: object) =>
    decide(
      finishSteps(
        prepareEnforcer(
          policyUpdate(
            [bindingPolicy({ rules: [rulePolicy({ require: { scopes: any('s') } })] })],
            [sourcePolicy({ roles })],
          ),
        ),
      ),
      request({ token: joe(claims) }),
    );

  it('come before the rule', () => {
    expect(verdict(decideWith(['a', 'b'], { groups: ['c'] }))).toBe('denied role_mismatch');
    expect(verdict(decideWith(['a', 'b'], { groups: ['b'] }))).toBe('denied scope_insufficient');
    expect(verdict(decideWith([], {}))).toBe('denied scope_insufficient');
  });

  it.each([
    [
      { groups: ['x', 'y'], preferred_username: 'Joe' },
      'Role(s) x, y for user Joe do not match the required role(s) for this request.',
    ],
    [{ groups: ['x'] }, 'Role(s) x for user joe do not match the required role(s) for this request.'],
    [{}, 'No Role(s) are associated for user joe to validate the current request.'],
  ])('are missed in these words', (claims, detail) => {
    expect(decideWith(['a'], claims)).toMatchObject({
      reason: 'role_mismatch',
      detail,
      status: 403,
      user: 'joe',
    });
  });
});
