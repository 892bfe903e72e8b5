/** What an expression can name and call, as pages for users list it: from the tables that judge expressions. */

import { FUNCTIONS, MACROS, METHODS } from './calls.ts';
import { EVALUATION_LIMITS } from './evaluation.ts';
import { type Overloads, overloadText } from './overloads.ts';
import { type Scope, TYPE_NAMES, variablesOf } from './variables.ts';

export interface ExpressionReference {
  readonly variables: readonly {
    readonly name: string;
    readonly scopes: readonly Scope[];
    readonly description: string;
  }[];
  /** As `size(string)` and `string.contains(string)`. */
  readonly functions: readonly string[];
  readonly macros: readonly string[];
  readonly types: readonly string[];
  readonly limits: typeof EVALUATION_LIMITS;
}

/** Everything that expressions have, in the order in which a page shows it. */
export function expressionReference(): ExpressionReference {
  const ofSource = variablesOf('source');
  const ofRequest = variablesOf('request');
  const variables = Array.from(variablesOf('mcp'), ([name, { description }]) => {
    const scopes: readonly Scope[] = ofSource.has(name) ? ['source', 'request'] : ['request'];
    return { name, scopes: ofRequest.has(name) ? scopes : (['mcp'] as const), description };
  });
  const functions = [
    'has(claims.name)',
    ...signatures(FUNCTIONS, false),
    ...signatures(METHODS, true),
    'string.matches(literal string)',
  ];
  return { variables, functions, macros: MACROS, types: TYPE_NAMES, limits: EVALUATION_LIMITS };
}

function signatures(table: Overloads, isMethod: boolean): readonly string[] {
  return Array.from(table, ([name, overloads]) =>
    overloads.map(({ params }) => overloadText(name, params, isMethod)),
  ).flat();
}
