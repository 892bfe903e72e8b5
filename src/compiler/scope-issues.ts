/** Warnings about scopes that no token has, for they are none: with a space, which separates scopes. */

import type { ValueRequirement } from '../policy/policy.ts';
import type { Issue } from './issues.ts';
import { isScope } from './told-scopes.ts';

const LISTS = ['allOf', 'anyOf', 'noneOf'] as const;

/** One for each list at most. @param field of the rule. */
export const scopeIssues = (scopes: ValueRequirement, field: string): readonly Issue[] =>
  LISTS.flatMap((list) => {
    const first = scopes[list].findIndex((scope) => !isScope(scope));
    const scope = scopes[list][first];
    return scope === undefined ? [] : [malformed(scope, `${field}.require.scopes.${list}[${first}]`)];
  });

/** Some providers put scopes into a list, where one may have a space: hence a warning. */
function malformed(scope: string, field: string): Issue {
  const parts = scope.split(/\s+/).filter((part) => part !== '');
  return parts.every(isScope)
    ? {
        reason: 'ScopeMalformed',
        field,
        message: 'no token has a scope with a space in it, for spaces separate scopes',
        remedy:
          parts.length === 1
            ? 'leave the space out'
            : `write each by itself: [${parts.map((part) => JSON.stringify(part)).join(', ')}]`,
      }
    : {
        reason: 'ScopeMalformed',
        field,
        message: 'no token has such a scope: they are printable ASCII without quote and backslash (RFC 6749)',
        remedy: 'spell it as the provider does',
      };
}
