/** What can be wrong, or doubtful, about a JWT source beside its keys. */

import type { Steps } from '../../base/steps.ts';
import { checkExpression } from '../../cel/expression.ts';
import type { KeyLocation } from '../../keys/plan.ts';
import { counted, isSpent, newAllowance } from '../../regex/allowance.ts';
import type { EffectiveJwt } from '../../resources/effective.ts';
import { type Issue, invalidExpression } from '../issues.ts';
import type { CheckedExpressions } from '../source-kind.ts';

/** The room that fetches refuses it (URL_INVALID); this says so before anything runs. */
export function insecureLocation(location: KeyLocation): readonly Issue[] {
  const [field, url] =
    location.kind === 'jwks'
      ? ['spec.jwt.keys.jwksURI', location.url]
      : location.url === undefined
        ? ['spec.jwt.issuer', location.issuer]
        : ['spec.jwt.keys.discoveryURL', location.url];
  if (!/^http:/i.test(url)) return [];
  return [
    {
      reason: 'InsecureURL',
      field,
      message: 'keys fetched over http:// can be replaced on the way, and validators refuse to fetch them',
      remedy: 'use https://, or, for development alone, start with --allow-insecure-http',
    },
  ];
}

/** Expressions that cannot be compiled, and what the regular expressions of the others take up. */
export function* checkExpressions({ expressions }: EffectiveJwt): Steps<CheckedExpressions> {
  const allowance = newAllowance();
  const issues: Issue[] = [];
  for (const [i, { expression }] of expressions.entries()) {
    const wasSpent = isSpent(allowance);
    const refusal = yield* counted(allowance, () => checkExpression(expression, 'source', allowance));
    if (refusal === undefined || (refusal.tooLarge === true && wasSpent)) continue;
    const field = `spec.jwt.expressions[${i}].expression`;
    issues.push(invalidExpression(refusal, field, 'correct the expression; it can read claims and header'));
  }
  return { issues, taken: allowance.taken };
}

/** What is allowed, and seldom meant. */
export function doubts(jwt: EffectiveJwt): readonly Issue[] {
  return [...uncheckedClaims(jwt), ...unmeetable(jwt), ...duplicateKeyIDs(jwt)];
}

function uncheckedClaims({ issuer, acceptedIssuers, audiences }: EffectiveJwt): readonly Issue[] {
  const issues: Issue[] = [];
  if (issuer === undefined && acceptedIssuers.length === 0) {
    issues.push({
      reason: 'IssuerUnchecked',
      field: 'spec.jwt.issuer',
      message:
        'iss is not checked: every token that the keys verify is taken, whoever it names as its issuer',
      remedy: "name the tokens' iss in issuer",
    });
  }
  if (audiences.length === 0) {
    issues.push({
      reason: 'AudienceUnchecked',
      field: 'spec.jwt.audiences',
      message: 'aud is not checked: tokens that the issuer made for other APIs are taken',
      remedy: "name this API's audience in audiences, or give each binding a resource",
    });
  }
  return issues;
}

/** Asks every token for what is not looked for in any. */
function unmeetable({ clientIDs, roles, mapping }: EffectiveJwt): readonly Issue[] {
  const pairs = [
    { field: 'clientIDs', wanted: clientIDs, member: 'client', claims: mapping.client, what: 'client' },
    { field: 'roles', wanted: roles, member: 'roles', claims: mapping.roles, what: 'role' },
  ];
  return pairs.flatMap(({ field, wanted, member, claims, what }) => {
    if (wanted.length === 0 || claims.length > 0) return [];
    return [
      {
        reason: 'RequirementUnmeetable',
        field: `spec.jwt.${field}`,
        message: `every token is refused: mapping.${member} is empty, so that no token has a ${what}`,
        remedy: `name the claims in mapping.${member}, or leave ${field} out`,
      } as const,
    ];
  });
}

/** Of keys that people write one by one. Providers' sets are as they are. */
function duplicateKeyIDs({ keys }: EffectiveJwt): readonly Issue[] {
  if (keys.kind !== 'hmac' && keys.kind !== 'publicKeys') return [];
  const { kind } = keys;
  const seen = new Map<string, number>();
  const issues: Issue[] = [];
  for (const [i, { kid }] of keys.keys.entries()) {
    const first = kid === undefined ? undefined : seen.get(kid);
    if (kid !== undefined && first === undefined) seen.set(kid, i);
    if (first === undefined) continue;
    issues.push({
      reason: 'KeyIDDuplicate',
      field: `spec.jwt.keys.${kind}[${i}].kid`,
      message: `${kind}[${first}] has the same kid: a token that names it is tried with both keys`,
      remedy: 'give each key its own kid, as the issuer names it',
    });
  }
  return issues;
}
