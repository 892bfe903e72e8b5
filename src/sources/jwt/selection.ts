/** Which of a source's keys a token's signature is tried with, and whether they may be used at all. */

import type { Algorithm } from '../../keys/algorithms.ts';
import { type KeySelection, selectKeys } from '../../keys/select.ts';
import { keyServesIssuer } from './issuer.ts';
import type { Jws } from './jws.ts';
import type { PreparedSource } from './source.ts';

export type SourceKeySelection = KeySelection | { readonly kind: 'unavailable' };

export function selectFor(source: PreparedSource, alg: Algorithm, jws: Jws): SourceKeySelection {
  if (source.keys.kind === 'unavailable') return { kind: 'unavailable' };
  return selectKeys(source.keys.keys, {
    kid: jws.keyId,
    alg,
    areFetched: areFetched(source),
    serves: (key) => keyServesIssuer(key.issuer, source, jws.claims),
  });
}

export const areFetched = ({ policy }: PreparedSource): boolean => policy.maxStale !== undefined;

/** Fetched keys serve for maxStale after the last good fetch, and not at all before the first. */
export function isStale(source: PreparedSource, now: number): boolean {
  const { maxStale } = source.policy;
  if (maxStale === undefined) return false;
  return source.checkedAt === undefined || now - source.checkedAt > maxStale;
}
