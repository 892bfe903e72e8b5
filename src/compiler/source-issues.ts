/** What can be wrong, or doubtful, about a source beside its keys. */

import type { KeyLocation } from '../keys/plan.ts';
import { compileExpression } from '../matching/expressions.ts';
import type { EffectiveJwt } from '../resources/effective.ts';
import type { Issue } from './issues.ts';

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

/** Expressions that cannot be compiled. */
export function expressionIssues({ expressions }: EffectiveJwt): readonly Issue[] {
  return expressions.flatMap(({ expression }, i) => {
    const compiled = compileExpression(expression, 'source');
    if (compiled.kind === 'compiled') return [];
    return [
      {
        reason: 'InvalidExpression',
        field: `spec.jwt.expressions[${i}].expression`,
        message: compiled.problem,
        remedy: 'correct the expression; it can read claims and header',
      } as const,
    ];
  });
}

/** What is allowed, and seldom meant. */
export function doubts({ issuer, acceptedIssuers, audiences }: EffectiveJwt): readonly Issue[] {
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
      remedy: "name this API's audience in audiences",
    });
  }
  return issues;
}
