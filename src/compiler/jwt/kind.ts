/** A JWT source becomes its policy, and the plan by which its keys are fetched. */

import { type EffectiveJwt, effectiveDocument } from '../../resources/effective.ts';
import type { JwtPolicy } from '../../sources/jwt/policy.ts';
import type { DataReference, SourceCompiler } from '../source-kind.ts';
import { jwtFacts } from './facts.ts';
import { authorizationServer, duplicateIssues, type IssuerClaims } from './issuers.ts';
import { checkExpressions, doubts } from './issues.ts';
import { keyMaterial } from './material.ts';

export const JWT_COMPILER: SourceCompiler = {
  field: 'spec.jwt',
  dataFields: ['spec.jwt.keys.hmac', 'spec.jwt.fetch.caBundleFrom'],
  references: (source) => references(jwtFacts(source).jwt),
  check: (source) => checkExpressions(jwtFacts(source).jwt),
  compile(source, inputs, checked) {
    const { jwt, claims } = jwtFacts(source);
    const { keys, secrets, issues, plan } = keyMaterial(source.metadata.namespace, jwt, inputs);
    return {
      settings: settingsOf(jwt, claims, plan !== undefined),
      keys,
      secrets,
      plan,
      issues: [...issues, ...checked.issues, ...doubts(jwt)],
    };
  },
  duplicates: (sources) => duplicateIssues(sources.map((source) => jwtFacts(source).claims)),
  isConfined: ({ spec }) => spec.jwt?.keys?.hmac !== undefined,
  authorizationServer: (source) => authorizationServer(jwtFacts(source).jwt),
  gives: (source, what) => jwtFacts(source).jwt.mapping[what].length > 0,
  effective: (source) => effectiveDocument(jwtFacts(source).jwt),
};

function references({ keys, fetch }: EffectiveJwt): readonly DataReference[] {
  const { caBundleFrom } = fetch;
  if (keys.kind === 'hmac') {
    return keys.keys.map(({ secretKeyRef }) => ({ kind: 'Secret', name: secretKeyRef.name }));
  }
  return caBundleFrom === undefined ? [] : [{ kind: caBundleFrom.kind, name: caBundleFrom.ref.name }];
}

function settingsOf(
  jwt: EffectiveJwt,
  { issuers, tenantIssuer }: IssuerClaims,
  areFetched: boolean,
): Omit<JwtPolicy, 'id' | 'uid' | 'revision' | 'keys'> {
  return {
    issuers,
    ...(tenantIssuer !== undefined && { tenantIssuer }),
    ...(areFetched && { maxStale: jwt.fetch.maxStale }),
    algorithms: jwt.algorithms,
    audiences: jwt.audiences,
    clientIDs: jwt.clientIDs,
    tokenTypes: jwt.tokenTypes,
    clockSkew: jwt.clockSkew,
    expiration: jwt.expiration,
    ...(jwt.maxTokenAge !== undefined && { maxTokenAge: jwt.maxTokenAge }),
    requiredClaims: jwt.requiredClaims,
    expressions: jwt.expressions,
    roles: jwt.roles,
    mapping: jwt.mapping,
  };
}
