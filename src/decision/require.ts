/** What a rule requires of a verified user: sources, roles, scopes, claims, clients, expressions, in that order. */

import { type Budget, newBudget, type RequestInput } from '../cel/expression.ts';
import { claimValues, hasUnreadable } from '../matching/values.ts';
import type { ValueRequirement } from '../policy/policy.ts';
import type { Check } from '../sources/check.ts';
import { shown, shownList, shownOutcome } from '../sources/shown.ts';
import type { Identity, ListedPart } from '../sources/verification.ts';
import type { PreparedExpression, PreparedRule } from './binding.ts';
import type { Refusal } from './denial.ts';
import type { RoutedReading } from './route.ts';

/** Everything of the expressions' input but what depends on the reading of the path. */
export type InputFor = (reading: RoutedReading) => RequestInput;

/** What the requirements of a rule look at. */
export interface RequirementInput {
  readonly rule: PreparedRule;
  readonly identity: Identity;
  readonly readings: readonly RoutedReading[];
  readonly inputFor: InputFor;
}

type Requirement = Check<RequirementInput, Refusal>;

const SOURCES: Requirement = {
  problem: ({ rule: { policy }, identity }) =>
    policy.sources === undefined || policy.sources.includes(identity.source)
      ? undefined
      : { reason: 'access_denied', detail: 'Tokens of this issuer are not taken for this request.' },
  findings: ({ rule: { policy }, identity }) =>
    policy.sources === undefined ? [] : [`source ${identity.source}; taken are ${shownList(policy.sources)}`],
};

const ROLES: Requirement = {
  problem: ({ rule, identity }) =>
    partHolds('roles', rule.policy.require.roles, identity) ? undefined : roleMismatch(identity),
  findings: ({ rule, identity }) =>
    valuesFound('roles', 'roles', shownList(identity.roles), rule.policy.require.roles, identity),
};

const SCOPES: Requirement = {
  problem({ rule, identity }) {
    const { scopes } = rule.policy.require;
    return partHolds('scopes', scopes, identity)
      ? undefined
      : {
          reason: 'scope_insufficient',
          detail: 'The token does not have the scopes that this request needs.',
          scope: [...scopes.allOf, ...scopes.anyOf.slice(0, 1)].join(' '),
        };
  },
  findings: ({ rule, identity }) =>
    valuesFound('scopes', 'scopes', shownList(identity.scopes), rule.policy.require.scopes, identity),
};

/** A claim that is named without any values must be there. */
const CLAIMS: Requirement = {
  problem({ rule, identity }) {
    for (const { read, requirement } of rule.claims) {
      const value = read(identity.claims);
      const { anyOf, allOf, noneOf } = requirement;
      const isPresent = value !== undefined && value !== null;
      const mustOnlyBeThere = anyOf.length + allOf.length + noneOf.length === 0;
      const mayBeForbidden = noneOf.length > 0 && hasUnreadable(read, identity.claims);
      if ((mustOnlyBeThere && !isPresent) || mayBeForbidden || !holds(requirement, claimValues(value))) {
        return { reason: 'claim_mismatch', detail: "The token's claims are not as this request needs them." };
      }
    }
    return undefined;
  },
  findings: ({ rule, identity }) =>
    rule.claims.map(({ read, requirement }, i) => {
      const name = rule.policy.require.claims[i]?.claim ?? '';
      return `claim ${name}: ${shown(read(identity.claims))}; ${asksFor(requirement) || 'it must be there'}`;
    }),
};

const CLIENTS: Requirement = {
  problem: ({ rule, identity }) =>
    partHolds('client', clientsOf(rule), identity)
      ? undefined
      : { reason: 'client_mismatch', detail: "The token's client may not make this request." },
  findings: ({ rule, identity }) =>
    valuesFound('client', 'client', shown(identity.client), clientsOf(rule), identity),
};

const clientsOf = ({ policy }: PreparedRule): ValueRequirement => ({ ...policy.require.clients, allOf: [] });

const EXPRESSIONS: Requirement = {
  problem({ rule, readings, inputFor }) {
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

/** In the order of judgement. A new requirement is a line here. */
export const REQUIREMENTS: readonly Requirement[] = [SOURCES, ROLES, SCOPES, CLAIMS, CLIENTS, EXPRESSIONS];

/** Clients may rely on this text word for word. User and roles are the only parts of a token that a denial shows. */
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

/** An error is a refusal. */
function isTrue(expression: PreparedExpression['expression'], input: RequestInput, budget: Budget): boolean {
  const result = expression.evaluate(input, budget);
  return result.kind === 'value' && result.value;
}

/** Explains a part of the identity and what is required of it; nothing where nothing is required. */
function valuesFound(
  name: string,
  part: ListedPart,
  found: string,
  requirement: ValueRequirement,
  { unreadable }: Identity,
): readonly string[] {
  const asked = asksFor(requirement);
  if (asked === '') return [];
  // Such values fail every list of forbidden ones.
  const more = unreadable.includes(part) ? ', and what has no spelling (an object, a list in a list)' : '';
  return [`${name}: ${found}${more}; ${asked}`];
}

function asksFor({ anyOf, allOf, noneOf }: ValueRequirement): string {
  return [
    anyOf.length > 0 ? `any of ${shownList(anyOf)}` : '',
    allOf.length > 0 ? `all of ${shownList(allOf)}` : '',
    noneOf.length > 0 ? `none of ${shownList(noneOf)}` : '',
  ]
    .filter(Boolean)
    .join(', ');
}

const readingText = ({ path, params }: RoutedReading): string =>
  Object.keys(params).length === 0 ? path : `${path} ${JSON.stringify(params)}`;
