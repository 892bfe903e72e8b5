/** What a rule requires of a verified user: sources, roles, scopes, claims, clients, expressions, in that order. */

import { type Budget, newBudget, type RequestInput } from '../cel/expression.ts';
import { claimValues, hasUnreadable } from '../matching/values.ts';
import type { ValueRequirement } from '../policy/policy.ts';
import type { Identity, ListedPart } from '../token/verification.ts';
import type { PreparedExpression, PreparedRule } from './binding.ts';
import type { Refusal } from './denial.ts';
import type { RoutedReading } from './route.ts';

/** Everything of the expressions' input but what depends on the reading of the path. */
export type InputFor = (reading: RoutedReading) => RequestInput;

/** The first requirement that does not hold; undefined when all do. */
export function unmetRequirement(
  rule: PreparedRule,
  identity: Identity,
  readings: readonly RoutedReading[],
  inputFor: InputFor,
): Refusal | undefined {
  const { sources, require } = rule.policy;
  if (sources !== undefined && !sources.includes(identity.source)) {
    return { reason: 'access_denied', detail: 'Tokens of this issuer are not taken for this request.' };
  }
  if (!partHolds('roles', require.roles, identity)) return roleMismatch(identity);
  if (!partHolds('scopes', require.scopes, identity)) {
    return {
      reason: 'scope_insufficient',
      detail: 'The token does not have the scopes that this request needs.',
      scope: [...require.scopes.allOf, ...require.scopes.anyOf.slice(0, 1)].join(' '),
    };
  }
  return (
    unmetClaim(rule, identity) ?? unmetClient(rule, identity) ?? unmetExpression(rule, readings, inputFor)
  );
}

/** Word for word as the contract has it; user and roles are the only parts of a token that are ever told. */
export function roleMismatch({ roles, name, user }: Identity): Refusal {
  const who = name ?? user ?? 'unknown';
  const detail =
    roles.length > 0
      ? `Role(s) ${roles.join(', ')} for user ${who} do not match the required role(s) for this request.`
      : `No Role(s) are associated for user ${who} to validate the current request.`;
  return { reason: 'role_mismatch', detail };
}

function holds({ anyOf, allOf, noneOf }: ValueRequirement, values: readonly string[]): boolean {
  return (
    (anyOf.length === 0 || anyOf.some((value) => values.includes(value))) &&
    allOf.every((value) => values.includes(value)) &&
    !noneOf.some((value) => values.includes(value))
  );
}

/**
 * What has no spelling to compare (an object, a list in a list, a number that has lost its last digits) may be
 * the value that is forbidden.
 */
function partHolds(part: ListedPart, requirement: ValueRequirement, identity: Identity): boolean {
  if (requirement.noneOf.length > 0 && identity.unreadable.includes(part)) return false;
  const { client } = identity;
  const values = part === 'client' ? (client === undefined ? [] : [client]) : identity[part];
  return holds(requirement, values);
}

/** A claim that is named without any values must be there. */
function unmetClaim(rule: PreparedRule, identity: Identity): Refusal | undefined {
  for (const { read, requirement } of rule.claims) {
    const value = read(identity.claims);
    const { anyOf, allOf, noneOf } = requirement;
    const isPresent = value !== undefined && value !== null;
    const mustOnlyBeThere = anyOf.length + allOf.length + noneOf.length === 0;
    const values = claimValues(value);
    const mayBeForbidden = noneOf.length > 0 && hasUnreadable(read, identity.claims);
    if ((mustOnlyBeThere && !isPresent) || mayBeForbidden || !holds(requirement, values)) {
      return { reason: 'claim_mismatch', detail: "The token's claims are not as this request needs them." };
    }
  }
  return undefined;
}

function unmetClient(rule: PreparedRule, identity: Identity): Refusal | undefined {
  const { anyOf, noneOf } = rule.policy.require.clients;
  return partHolds('client', { anyOf, allOf: [], noneOf }, identity)
    ? undefined
    : { reason: 'client_mismatch', detail: "The token's client may not make this request." };
}

function unmetExpression(
  rule: PreparedRule,
  readings: readonly RoutedReading[],
  inputFor: InputFor,
): Refusal | undefined {
  const budget = newBudget();
  for (const { expression, message } of rule.expressions) {
    const [first, ...others] = expression.readsPath ? readings : readings.slice(0, 1);
    const verdict = first !== undefined && isTrue(expression, inputFor(first), budget);
    if (others.some((reading) => isTrue(expression, inputFor(reading), budget) !== verdict)) {
      return {
        reason: 'path_ambiguous',
        detail: 'Servers read this path differently, and an expression would judge it differently.',
      };
    }
    if (!verdict) return { reason: 'expression_denied', detail: message };
  }
  return undefined;
}

/** An error is a refusal. */
function isTrue(expression: PreparedExpression['expression'], input: RequestInput, budget: Budget): boolean {
  const result = expression.evaluate(input, budget);
  return result.kind === 'value' && result.value;
}
