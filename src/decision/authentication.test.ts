/** require.authentication (RFC 9470): which logins pass, and what a client is told whose user must log in again. */

import { describe, expect, it } from 'vitest';
import { decide, enforce, headerOf, joe, request, verdict } from '../../test/support/decide.ts';
import {
  all,
  bindingPolicy,
  none,
  policyUpdate,
  rulePolicy,
  sourcePolicy,
} from '../../test/support/policy.ts';
import { NOW } from '../../test/support/verification.ts';
import { finishSteps } from '../base/steps.ts';
import type { AuthenticationRequirement, Requirements } from '../policy/policy.ts';
import { prepareEnforcer } from './enforcer.ts';

const both: AuthenticationRequirement = { acr: ['phr', 'phrh'], maxAge: 900 };

const judged = (
  authentication: AuthenticationRequirement,
  claims: object,
  more: Partial<Requirements> = {},
) =>
  decide(
    enforce(bindingPolicy({ rules: [rulePolicy({ require: { authentication, ...more } })] })),
    request({ token: joe(claims) }),
  );

const challengeFor = (...asked: Parameters<typeof judged>) => headerOf(judged(...asked), 'www-authenticate');

/** The source's clockSkew is 30 seconds. */
describe('a login', () => {
  it.each<[string, AuthenticationRequirement, object, boolean]>([
    ['with one of the classes, lately', both, { acr: 'phrh', auth_time: NOW - 900 }, true],
    ['just now', both, { acr: 'phr', auth_time: NOW }, true],
    ['at a part of a second', both, { acr: 'phr', auth_time: NOW - 0.5 }, true],
    ['as old as the skew allows', both, { acr: 'phr', auth_time: NOW - 930 }, true],
    ['older than that', both, { acr: 'phr', auth_time: NOW - 931 }, false],
    ['in the future, within the skew', both, { acr: 'phr', auth_time: NOW + 30 }, true],
    ['further in the future', both, { acr: 'phr', auth_time: NOW + 31 }, false],
    ['in milliseconds', both, { acr: 'phr', auth_time: NOW * 1000 }, false],
    ['at no time', both, { acr: 'phr' }, false],
    ['at null', both, { acr: 'phr', auth_time: null }, false],
    ['at a text', both, { acr: 'phr', auth_time: String(NOW) }, false],
    ['at a list', both, { acr: 'phr', auth_time: [NOW] }, false],
    ['of another class', both, { acr: 'pwd', auth_time: NOW }, false],
    ['of a class in capitals', both, { acr: 'PHR', auth_time: NOW }, false],
    ['of two classes in one text', both, { acr: 'phr phrh', auth_time: NOW }, false],
    ['of a list of classes', both, { acr: ['phr'], auth_time: NOW }, false],
    ['of no class', both, { auth_time: NOW }, false],
    ['that nothing is said of', both, {}, false],
    ['of a class, whenever', { acr: ['phr'] }, { acr: 'phr' }, true],
    ['of a class, in the future', { acr: ['phr'] }, { acr: 'phr', auth_time: NOW + 999 }, true],
    ['of another class, whenever', { acr: ['phr'] }, { acr: 'pwd', auth_time: NOW }, false],
    ['of a class that is a number', { acr: ['1'] }, { acr: 1 }, false],
    ['lately, of whatever class', { acr: [], maxAge: 60 }, { auth_time: NOW - 60 }, true],
    ['lately, of a class that is none', { acr: [], maxAge: 60 }, { auth_time: NOW, acr: 7 }, true],
    ['too long ago, of whatever class', { acr: [], maxAge: 60 }, { auth_time: NOW - 91, acr: 'phr' }, false],
  ])('%s', (_, login, claims, passes) => {
    expect(verdict(judged(login, claims))).toBe(
      passes ? 'allowed authenticated' : 'denied authentication_insufficient',
    );
  });

  it('is judged by the clockSkew of its own source', () => {
    const decideWith = (clockSkew: number) =>
      decide(
        finishSteps(
          prepareEnforcer(
            policyUpdate(
              [bindingPolicy({ rules: [rulePolicy({ require: { authentication: both } })] })],
              [sourcePolicy({ clockSkew })],
            ),
          ),
        ),
        request({ token: joe({ acr: 'phr', auth_time: NOW - 910 }) }),
      );
    expect(verdict(decideWith(10))).toBe('allowed authenticated');
    expect(verdict(decideWith(9))).toBe('denied authentication_insufficient');
  });
});

describe('the answer', () => {
  const STRONGER = 'This request needs a stronger login.';

  it.each([
    ['is too weak', both, { acr: 'pwd', auth_time: NOW }, STRONGER],
    ['is too old', both, { acr: 'phr', auth_time: NOW - 3600 }, 'This request needs a more recent login.'],
    [
      'is both',
      both,
      { acr: 'pwd', auth_time: NOW - 3600 },
      'This request needs a stronger and more recent login.',
    ],
    ['is not told of', both, {}, 'The token does not say how (acr) and when (auth_time) its user logged in.'],
    ['was at no time', both, { acr: 'phr' }, 'The token does not say when (auth_time) its user logged in.'],
    [
      'was in no way',
      { acr: ['phr'] },
      { acr: ['phr'] },
      'The token does not say how (acr) its user logged in.',
    ],
    [
      'is too weak, and at no time',
      both,
      { acr: 'pwd' },
      `${STRONGER} The token does not say when (auth_time) its user logged in.`,
    ],
    [
      'is in the future',
      both,
      { acr: 'phr', auth_time: NOW * 1000 },
      'The token names a login in the future (auth_time).',
    ],
  ] as const)('says what is wrong with a login that %s', (_, login, claims, detail) => {
    expect(judged(login, claims)).toMatchObject({ outcome: 'denied', status: 401, detail });
  });

  it('tells the client what to ask for, the preferred class first', () => {
    expect(challengeFor(both, { acr: 'pwd', auth_time: 0 })).toBe(
      'Bearer realm="shop/orders", error="insufficient_user_authentication", error_description="This request needs a stronger and more recent login.", acr_values="phr phrh", max_age="900"',
    );
    expect(challengeFor({ acr: ['phr'] }, {})).toMatch(/in\.", acr_values="phr"$/);
    expect(challengeFor({ acr: [], maxAge: 5 }, {})).toMatch(/in\.", max_age="5"$/);
  });

  it('asks for the scopes of the rule in the same challenge', () => {
    const scopes = { anyOf: ['c', 'd'], allOf: ['a'], noneOf: [] };
    expect(challengeFor(both, { scope: 'a' }, { scopes })).toContain(', scope="a c", acr_values="phr phrh"');
    // Once the login is as it must be, the scopes alone are missing.
    expect(verdict(judged(both, { acr: 'phr', auth_time: NOW }, { scopes }))).toBe(
      'denied scope_insufficient',
    );
  });

  it('comes after what no login would change', () => {
    expect(verdict(judged(both, {}, { roles: all('admin') }))).toBe('denied role_mismatch');
    expect(verdict(judged(both, {}, { scopes: none('x') }))).toBe('denied authentication_insufficient');
  });

  it('lets nobody pass without a token, though it is Optional', () => {
    const rule = rulePolicy({ authentication: 'Optional', require: { authentication: both } });
    expect(verdict(decide(enforce(bindingPolicy({ rules: [rule] })), request()))).toBe(
      'denied token_missing',
    );
  });

  it('in mode Audit is none: the request passes, and it is told', () => {
    const rules = [rulePolicy({ require: { authentication: both } })];
    const decision = decide(enforce(bindingPolicy({ rules }, { mode: 'Audit' })), request({ token: joe() }));
    expect(verdict(decision)).toBe('audit_denied authentication_insufficient');
    expect(headerOf(decision, 'x-auth-user')).toBeUndefined();
  });
});
