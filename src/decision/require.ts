/** What a rule requires of a verified user: sources, roles, login, scopes, claims, clients, expressions, in that order. */

import { claimValues, hasUnreadable } from '../matching/values.ts';
import type { ValueRequirement } from '../policy/policy.ts';
import { shown, shownList } from '../sources/shown.ts';
import type { Identity } from '../sources/verification.ts';
import { AUTHENTICATION } from './authentication.ts';
import type { PreparedRule } from './binding.ts';
import { EXPRESSIONS_TRUE } from './expressions.ts';
import { asksFor, holds, partHolds, valuesFound } from './held-values.ts';
import { neededScopes } from './needed-scopes.ts';
import type { Refusal } from './refusal.ts';
import type { Requirement } from './requirement.ts';

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
  problem: (input) =>
    partHolds('scopes', input.rule.policy.require.scopes, input.identity)
      ? undefined
      : {
          reason: 'scope_insufficient',
          detail: 'The token does not have the scopes that this request needs.',
          scopes: neededScopes(input),
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

/** In the order of judgement. A new requirement is a line here. */
export const REQUIREMENTS: readonly Requirement[] = [
  SOURCES,
  ROLES,
  AUTHENTICATION,
  SCOPES,
  CLAIMS,
  CLIENTS,
  EXPRESSIONS_TRUE,
];

/** Clients may rely on this text word for word. User and roles are the only parts of a token that a denial shows. */
export function roleMismatch({ roles, name, user }: Identity): Refusal {
  const who = name ?? user ?? 'unknown';
  const detail =
    roles.length > 0
      ? `Role(s) ${roles.join(', ')} for user ${who} do not match the required role(s) for this request.`
      : `No Role(s) are associated for user ${who} to validate the current request.`;
  return { reason: 'role_mismatch', detail };
}
