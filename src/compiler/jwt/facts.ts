/** What follows from a JWT source alone. */

import { type EffectiveJwt, effectiveJwt } from '../../resources/effective.ts';
import type { AuthenticationSource } from '../../resources/types.gen.ts';
import { memoize } from '../memo.ts';
import { sourceName } from '../source-name.ts';
import { type IssuerClaims, issuerClaims } from './issuers.ts';

export interface JwtFacts {
  readonly jwt: EffectiveJwt;
  readonly claims: IssuerClaims;
}

const remembered = memoize((source: AuthenticationSource): JwtFacts => {
  if (source.spec.jwt === undefined) throw new TypeError('the schema lets no JWT source pass without jwt');
  const jwt = effectiveJwt(source.spec.jwt);
  return { jwt, claims: issuerClaims(sourceName(source).id, jwt) };
});

export const jwtFacts = (source: AuthenticationSource): JwtFacts => remembered(source, {});
