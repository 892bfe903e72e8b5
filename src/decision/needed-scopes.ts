/** The scopes that a token needs for a request, as a challenge tells them. */

import { isTrue, newBudget } from '../cel/expression.ts';
import type { RulePolicy } from '../policy/policy.ts';
import type { PreparedRule } from './binding.ts';
import type { RequirementInput } from './requirement.ts';

/** All of `allOf`, and the first of `anyOf`: one set that would do, for a challenge knows no alternatives. */
export function scopesOfRule({ require }: Pick<RulePolicy, 'require'>): readonly string[] {
  const { allOf, anyOf } = require.scopes;
  return [...allOf, ...anyOf.slice(0, 1)];
}

/**
 * The same, and the scopes of each expression that would not be true without them, be they held or not: so that a client
 * that asks for just these gets a token that will do.
 */
export function neededScopes(input: RequirementInput): readonly string[] {
  const { rule, readings, inputFor } = input;
  const [reading] = readings;
  const budget = newBudget();
  const ofExpressions = rule.expressions.filter(({ expression, scopes }) => {
    if (scopes.length === 0 || reading === undefined) return false;
    const { scopes: held, ...rest } = inputFor(reading);
    const others = held?.filter((scope) => !scopes.includes(scope));
    return !isTrue(expression, others === undefined ? rest : { ...rest, scopes: others }, budget);
  });
  return [...scopesOfRule(rule.policy), ...ofExpressions.flatMap(({ scopes }) => scopes)];
}

/** What a token would need that is not there, or is not good: the expressions know nothing of it. */
export const scopesToAskFor = (rule: PreparedRule | undefined): readonly string[] =>
  rule === undefined ? [] : scopesOfRule(rule.policy);
