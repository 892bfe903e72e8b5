/** client_not_allowed, claim_rejected, token_bound and groups_overage: what a source requires of every token's claims. */

import type { JsonObject } from '../../../base/json.ts';
import { newBudget } from '../../../cel/expression.ts';
import { claimValues } from '../../../matching/values.ts';
import { shown, shownList, shownOutcome } from '../../shown.ts';
import { hasGroupsOverage, mapClient } from '../identity.ts';
import type { PreparedSource } from '../source.ts';
import type { LookCheck } from './look.ts';

export const UNBOUND: LookCheck = {
  problem: ({ jws }) =>
    Object.hasOwn(jws.claims, 'cnf')
      ? {
          reason: 'token_bound',
          detail: 'The token is bound to its sender (cnf) and is no bearer token.',
        }
      : undefined,
  findings: (_, problem) =>
    problem === undefined ? [] : ['claim cnf is there: only the sender that it names may show this token'],
};

export const CLIENT: LookCheck = {
  problem({ jws, source }) {
    const { clientIDs } = source.policy;
    if (clientIDs.length === 0) return undefined;
    const client = mapClient(jws.claims, source);
    return client !== undefined && clientIDs.includes(client)
      ? undefined
      : {
          reason: 'client_not_allowed',
          detail: 'The token was issued to a client that is not allowed here.',
        };
  },
  findings({ jws, source }) {
    const { clientIDs } = source.policy;
    if (clientIDs.length === 0) return [];
    const client = mapClient(jws.claims, source);
    const found = client === undefined ? 'no client' : `client ${shown(client)}`;
    return [`${found}; expected one of ${shownList(clientIDs)}`];
  },
};

export const TIMES_PRESENT: LookCheck = {
  problem({ jws: { registered }, source: { policy } }) {
    if (policy.expiration === 'Required' && registered.expiresAt === undefined) {
      return { reason: 'claim_rejected', detail: 'The token never expires (no exp claim).' };
    }
    if (policy.maxTokenAge !== undefined && registered.issuedAt === undefined) {
      return {
        reason: 'claim_rejected',
        detail: 'The token does not say when it was issued (no iat claim).',
      };
    }
    return undefined;
  },
  findings({ jws: { registered } }, problem) {
    if (problem === undefined) return [];
    return registered.expiresAt === undefined
      ? ['no exp; expiration is Required']
      : ['no iat; maxTokenAge is counted from it'];
  },
};

export const REQUIRED_CLAIMS: LookCheck = {
  problem({ jws: { claims }, source }) {
    const failing = source.requiredClaims.findIndex((required) => !isHeld(required, claims));
    if (failing === -1) return undefined;
    const name = source.policy.requiredClaims[failing]?.claim;
    return { reason: 'claim_rejected', detail: `The token's claim ${name} is not as required.` };
  },
  findings: ({ jws: { claims }, source }) =>
    upToFirst(source.requiredClaims, (required) => !isHeld(required, claims)).map(({ read, values }, i) => {
      const name = source.policy.requiredClaims[i]?.claim ?? '';
      const expected = values.length > 0 ? `expected one of ${shownList(values)}` : 'it must be there';
      return `claim ${name}: ${shown(read(claims))}; ${expected}`;
    }),
};

type RequiredClaim = PreparedSource['requiredClaims'][number];

function isHeld({ read, values }: RequiredClaim, claims: JsonObject): boolean {
  const value = read(claims);
  return values.length === 0
    ? value !== undefined && value !== null
    : claimValues(value).some((text) => values.includes(text));
}

/** Those that were looked at: none behind the first that refuses. */
function upToFirst<T>(list: readonly T[], refuses: (element: T) => boolean): readonly T[] {
  const first = list.findIndex(refuses);
  return first === -1 ? list : list.slice(0, first + 1);
}

export const EXPRESSIONS: LookCheck = {
  problem({ jws: { claims, header }, source }) {
    const budget = newBudget();
    for (const { expression, message } of source.expressions) {
      const result = expression.evaluate({ claims, header }, budget);
      if (result.kind === 'error' || !result.value) return { reason: 'claim_rejected', detail: message };
    }
    return undefined;
  },
  findings({ jws: { claims, header }, source }) {
    const budget = newBudget();
    return source.expressions.map(({ expression }) =>
      shownOutcome(expression.text, expression.evaluate({ claims, header }, budget)),
    );
  },
};

export const GROUPS_LISTED: LookCheck = {
  problem: ({ jws: { claims }, source: { policy } }) =>
    hasGroupsOverage(claims, policy.mapping.roles)
      ? {
          reason: 'groups_overage',
          detail:
            'The token names more groups than it can list; have the provider send roles or fewer groups.',
        }
      : undefined,
  findings: ({ source: { policy } }, problem) =>
    problem === undefined
      ? []
      : [`${shownList(policy.mapping.roles)}: the provider has left the groups out, there were too many`],
};
