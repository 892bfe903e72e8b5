/** Whether a rule requires anything at all, so that nobody anonymous can meet it. */

import type { Requirements, ValueRequirement } from './policy.ts';

export function asksForAnything({ roles, scopes, claims, clients, expressions }: Requirements): boolean {
  return (
    claims.length + expressions.length + clients.anyOf.length + clients.noneOf.length > 0 ||
    asksForValues(roles) ||
    asksForValues(scopes)
  );
}

function asksForValues({ anyOf, allOf, noneOf }: ValueRequirement): boolean {
  return anyOf.length + allOf.length + noneOf.length > 0;
}
