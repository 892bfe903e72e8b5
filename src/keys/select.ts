/** Which keys of a set a token's signature is tried with. */

import { ALGORITHMS, type Algorithm } from './algorithms.ts';
import type { VerificationKey } from './key.ts';

/** Bounds what one token can cost. */
export const MAX_CANDIDATES = 4;

export type KeySelection =
  /** One to four, in the set's order. Any one that verifies suffices. */
  | { readonly kind: 'keys'; readonly keys: readonly VerificationKey[] }
  /** No key by that kid; without kid, no key for this algorithm. */
  | { readonly kind: 'unknown' }
  /** HMAC where the keys are public or the reverse, or not what the key of that kid is for. */
  | { readonly kind: 'not_permitted' };

export interface KeyQuery {
  /** As the token's header has it, compared exactly; undefined when it has none. */
  readonly kid: string | undefined;
  readonly alg: Algorithm;
}

/**
 * Picks the keys for a token (RFC 7515 sections 4.1.4 and 6). A kid must be that of a key: keys without one
 * are not tried for it. Several keys of one kid, or a token without kid: every key for the algorithm, at
 * most four.
 */
export function selectKeys(keys: readonly VerificationKey[], query: KeyQuery): KeySelection {
  const { kid, alg } = query;
  const symmetric = ALGORITHMS[alg].keyType === 'oct';
  const fitting: VerificationKey[] = [];
  let named = false;
  let sameKind = keys.length === 0;
  for (const key of keys) {
    if ((key.type === 'oct') === symmetric) sameKind = true;
    if (kid !== undefined && key.kid !== kid) continue;
    named = true;
    if (fitting.length < MAX_CANDIDATES && key.algorithms.includes(alg)) fitting.push(key);
  }
  if (fitting.length > 0) return { kind: 'keys', keys: fitting };
  if (!sameKind || (named && kid !== undefined)) return { kind: 'not_permitted' };
  return { kind: 'unknown' };
}
