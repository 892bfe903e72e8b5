/** Claims whose values have no spelling: what a rule forbids may stand there, so a rule that forbids refuses them. */

import { describe, expect, it } from 'vitest';
import { decide, joe, judge, request, verdict } from '../../test/support/decide.ts';
import {
  all,
  any,
  bindingPolicy,
  cel,
  none,
  policyUpdate,
  rulePolicy,
  sourcePolicy,
} from '../../test/support/policy.ts';
import { finishSteps } from '../base/steps.ts';
import type { Requirements } from '../policy/policy.ts';
import { prepareEnforcer } from './enforcer.ts';

const requires = (require: Partial<Requirements>, claims: object) =>
  verdict(judge([rulePolicy({ require })], { token: joe(claims) }));

describe('a list of what must not be', () => {
  /** In the default mapping: roles from groups, scopes from scope and scp, the client from azp and others. */
  const parts = [
    ['roles', { roles: none('banned') }, 'groups', 'role_mismatch'],
    ['scopes', { scopes: none('banned') }, 'scp', 'scope_insufficient'],
    ['clients', { clients: { anyOf: [], noneOf: ['banned'] } }, 'azp', 'client_mismatch'],
    ['claims', { claims: [{ claim: 'd', ...none('banned') }] }, 'd', 'claim_mismatch'],
  ] as const;
  const unreadable: readonly (readonly [string, unknown])[] = [
    ['an object', { banned: true }],
    ['an empty object', {}],
    ['a list in a list', ['good', ['banned']]],
    ['an object in a list', ['good', { name: 'banned' }]],
    ['null in a list', ['good', null]],
    ['a number that has lost digits', 2 ** 53],
    ['one below zero', -(2 ** 53)],
    ['one in a list', ['good', 2 ** 60]],
  ];

  it.each(
    parts.flatMap(([part, require, claim, reason]) =>
      unreadable.map(([what, value]) => [part, what, require, claim, value, reason] as const),
    ),
  )('of %s does not hold for %s', (_part, _what, require, claim, value, reason) => {
    expect(requires(require, { [claim]: value })).toBe(`denied ${reason}`);
  });

  it.each(
    parts.flatMap(([part, require, claim]) =>
      [undefined, null, 'good', '', 7, 2 ** 53 - 1, false, 0.5].map(
        (value) => [part, value, require, claim] as const,
      ),
    ),
  )('of %s holds for %s', (_part, value, require, claim) => {
    expect(requires(require, { [claim]: value })).toBe('allowed authenticated');
  });

  it('of clients looks at the claim that names the client alone', () => {
    const require = { clients: { anyOf: [], noneOf: ['banned'] } };
    expect(requires(require, { azp: 'good', client_id: {} })).toBe('allowed authenticated');
    expect(requires(require, { azp: null, client_id: ['good'] })).toBe('denied client_mismatch');
  });

  it('does not hold where the mapped claim cannot be reached', () => {
    const base = sourcePolicy();
    const policy = { mapping: { ...base.mapping, roles: ['realm_access.roles', 'groups'] } };
    const decided = (require: Partial<Requirements>, claims: object) =>
      verdict(
        decide(
          finishSteps(
            prepareEnforcer(
              policyUpdate([bindingPolicy({ rules: [rulePolicy({ require })] })], [sourcePolicy(policy)]),
            ),
          ),
          request({ token: joe(claims) }),
        ),
      );
    const forbids = { roles: none('banned') };
    expect(decided(forbids, { realm_access: [{ roles: ['banned'] }] })).toBe('denied role_mismatch');
    expect(decided(forbids, { groups: ['good'], realm_access: 'banned' })).toBe('denied role_mismatch');
    expect(decided(forbids, { groups: ['good'], realm_access: {} })).toBe('allowed authenticated');
    expect(decided({ claims: [{ claim: 'a.b', ...none('x') }] }, { a: [{ b: 'x' }] })).toBe(
      'denied claim_mismatch',
    );
    expect(decided({ claims: [{ claim: 'a.b', ...none('x') }] }, { a: {} })).toBe('allowed authenticated');
  });

  it('is the only list that what cannot be read speaks against', () => {
    expect(requires({ roles: any('a') }, { groups: ['a', { b: 1 }] })).toBe('allowed authenticated');
    expect(requires({ roles: all('a') }, { groups: ['a', ['b']] })).toBe('allowed authenticated');
    expect(requires({ scopes: all('a') }, { scope: 'a', scp: {} })).toBe('allowed authenticated');
  });
});

describe('an expression that reads roles or scopes', () => {
  it.each([
    [cel("!('banned' in roles)"), { groups: ['good', { banned: true }] }, 'denied expression_denied'],
    [cel("!('banned' in roles)"), { groups: ['good'] }, 'allowed authenticated'],
    [cel("!('banned' in roles)"), {}, 'allowed authenticated'],
    [cel('roles.size() == 0'), { groups: [['banned']] }, 'denied expression_denied'],
    [cel("!('banned' in scopes)"), { scp: [2 ** 53] }, 'denied expression_denied'],
    [cel("!('banned' in scopes)"), { scope: 'good' }, 'allowed authenticated'],
    [cel("'admin' in roles || user == 'joe'"), { groups: [{}] }, 'allowed authenticated'],
    [cel("user == 'joe'"), { groups: [{}] }, 'allowed authenticated'],
  ])('is in error where a mapped claim cannot be read', (require, claims, expected) => {
    expect(requires(require, claims)).toBe(expected);
  });
});
