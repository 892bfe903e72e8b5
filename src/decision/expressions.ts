/** The requirement of expressions: each must be true, for every reading of the path that it looks at. */

import { isTrue, newBudget } from '../cel/expression.ts';
import { shownOutcome } from '../sources/shown.ts';
import { neededScopes } from './needed-scopes.ts';
import type { Requirement } from './requirement.ts';
import type { RoutedReading } from './route.ts';

export const EXPRESSIONS_TRUE: Requirement = {
  problem(input) {
    const { rule, readings, inputFor } = input;
    const budget = newBudget();
    for (const { expression, message, scopes } of rule.expressions) {
      const [first, ...others] = expression.readsPath ? readings : readings.slice(0, 1);
      const verdict = first !== undefined && isTrue(expression, inputFor(first), budget);
      if (others.some((reading) => isTrue(expression, inputFor(reading), budget) !== verdict)) {
        return {
          reason: 'path_ambiguous',
          detail: 'Servers read this path differently, and an expression would judge it differently.',
        };
      }
      if (verdict) continue;
      return scopes.length === 0
        ? { reason: 'expression_denied', detail: message }
        : { reason: 'scope_insufficient', detail: message, scopes: [...neededScopes(input), ...scopes] };
    }
    return undefined;
  },
  findings({ rule, readings, inputFor }) {
    const budget = newBudget();
    return rule.expressions.flatMap(({ expression }) => {
      const judged = expression.readsPath ? readings : readings.slice(0, 1);
      return judged.map((reading) => {
        const outcome = expression.evaluate(inputFor(reading), budget);
        const where = judged.length > 1 ? ` for ${readingText(reading)}` : '';
        return shownOutcome(expression.text, outcome) + where;
      });
    });
  },
};

const readingText = ({ path, params }: RoutedReading): string =>
  Object.keys(params).length === 0 ? path : `${path} ${JSON.stringify(params)}`;
