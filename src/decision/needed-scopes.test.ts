/** Expressions that say which scopes they are about: what a client is told that lacks some. */

import { describe, expect, it } from 'vitest';
import { headerOf, joe, judge, verdict } from '../../test/support/decide.ts';
import { all, rulePolicy } from '../../test/support/policy.ts';
import type { Requirements } from '../policy/policy.ts';

const DELETES = {
  expression: "request.method != 'DELETE' || 'files:delete' in scopes",
  message: 'deleting needs files:delete',
  scopes: ['files:delete'],
};

function told(require: Partial<Requirements>, scope: string, method = 'DELETE') {
  const decision = judge([rulePolicy({ require })], { method, token: joe({ scope }) });
  const challenge = headerOf(decision, 'www-authenticate') ?? '';
  return [verdict(decision), /scope="([^"]*)"/.exec(challenge)?.[1]];
}

describe('an expression with scopes', () => {
  it.each([
    ['is scope_insufficient', [DELETES], '', 'DELETE', ['denied scope_insufficient', 'files:delete']],
    ['passes with them', [DELETES], 'files:delete', 'DELETE', ['allowed authenticated', undefined]],
    ['passes where it needs none', [DELETES], '', 'GET', ['allowed authenticated', undefined]],
    [
      'without scopes stays what it was',
      [{ expression: DELETES.expression, message: 'no' }],
      '',
      'DELETE',
      ['denied expression_denied', undefined],
    ],
    [
      'does not hide one without',
      [{ expression: 'false', message: 'never' }, DELETES],
      '',
      'DELETE',
      ['denied expression_denied', undefined],
    ],
    [
      'asks for those of the others as well, be they held or not',
      [
        DELETES,
        { expression: "'audit' in scopes", message: 'a', scopes: ['audit'] },
        { expression: "'held' in scopes", message: 'h', scopes: ['held'] },
        { expression: 'true', message: 't', scopes: ['never-needed'] },
      ],
      'held',
      'DELETE',
      ['denied scope_insufficient', 'files:delete audit held'],
    ],
    [
      'that is in error asks for them, too',
      [{ expression: "claims.nothing == 1 && 'x' in scopes", message: 'x', scopes: ['x'] }],
      '',
      'GET',
      ['denied scope_insufficient', 'x'],
    ],
  ] as const)('%s', (_, expressions, scope, method, expected) => {
    expect(told({ expressions }, scope, method)).toEqual(expected);
  });

  it('has its message in the answer', () => {
    const decision = judge([rulePolicy({ require: { expressions: [DELETES] } })], {
      method: 'DELETE',
      token: joe(),
    });
    expect(decision).toMatchObject({ status: 403, detail: DELETES.message });
  });

  it('and scopes of the rule are asked for together, whichever is missing', () => {
    const require = { scopes: all('files:read'), expressions: [DELETES] };
    const both = ['denied scope_insufficient', 'files:read files:delete'];
    expect(told(require, '')).toEqual(both);
    expect(told(require, 'files:read')).toEqual(both);
    expect(told(require, 'files:delete')).toEqual(both);
    expect(told(require, 'files:read files:delete')).toEqual(['allowed authenticated', undefined]);
    expect(told(require, '', 'GET')).toEqual(['denied scope_insufficient', 'files:read']);
  });

  it('is asked for with the login, so that one is enough', () => {
    const require = { authentication: { acr: ['phr'] }, scopes: all('files:read'), expressions: [DELETES] };
    expect(told(require, '')).toEqual(['denied authentication_insufficient', 'files:read files:delete']);
  });

  it('that readings of the path disagree on is ambiguous, and asks for nothing', () => {
    const expressions = [
      { expression: "request.path == '/A' || 'x' in scopes", message: 'x', scopes: ['x'] },
    ];
    const decision = judge([rulePolicy({ require: { expressions } })], { pathAndQuery: '/A', token: joe() });
    expect(verdict(decision)).toBe('denied path_ambiguous');
  });
});
