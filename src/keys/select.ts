/** Which keys of a set a token's signature is tried with. */

import { ALGORITHMS, type Algorithm } from './algorithms.ts';
import type { VerificationKey } from './key.ts';

/** Bounds what one token can cost. */
export const MAX_CANDIDATES = 4;

export type KeySelection =
  /** One to four, in the set's order. Any one that verifies suffices. */
  | { readonly kind: 'keys'; readonly keys: readonly VerificationKey[]; readonly byKid: boolean }
  /** No key by that kid; without kid, no key for this algorithm. */
  | { readonly kind: 'unknown' }
  /** The token names none of the keys, and so many fit: more than are tried. */
  | { readonly kind: 'too_many'; readonly fitting: number }
  /** HMAC where the keys are public or the reverse, or not what the key of that kid is for. */
  | { readonly kind: 'not_permitted' };

export interface KeyQuery {
  /** As the token's header has it, compared exactly; undefined when it has none. */
  readonly kid: string | undefined;
  readonly alg: Algorithm;
  /** Whether the key may be used for this token at all. */
  readonly serves: (key: VerificationKey) => boolean;
  /** The keys come from a provider: one with kids gives each key its own. */
  readonly areFetched: boolean;
}

/**
 * Picks the keys for a token (RFC 7515 sections 4.1.4 and 6). Several keys of the token's kid: those for the algorithm,
 * at most four. Where no key has its kid, the keys without one are tried, for a PEM block and a Secret have none by
 * themselves; of a fetched set only if none of its keys has one. Without kid: every key for the algorithm. Of more than
 * four that fit none is tried: a token of the fifth would be called forged.
 */
export function selectKeys(keys: readonly VerificationKey[], query: KeyQuery): KeySelection {
  const { kid, alg, serves, areFetched } = query;
  const symmetric = ALGORITHMS[alg].keyType === 'oct';
  const serving = keys.filter(serves);
  const isOtherKind = keys.length > 0 && !keys.some((key) => (key.type === 'oct') === symmetric);
  const fitting = (candidates: readonly VerificationKey[]) =>
    candidates.filter((key) => key.algorithms.includes(alg));

  if (kid !== undefined && keys.some((key) => key.kid === kid)) {
    const named = serving.filter((key) => key.kid === kid);
    const found = fitting(named).slice(0, MAX_CANDIDATES);
    if (found.length > 0) return { kind: 'keys', keys: found, byKid: true };
    return { kind: isOtherKind || named.length > 0 ? 'not_permitted' : 'unknown' };
  }
  const found = fitting(kid === undefined ? serving : withoutKid(serving, keys, areFetched));
  if (found.length > MAX_CANDIDATES) return { kind: 'too_many', fitting: found.length };
  if (found.length > 0) return { kind: 'keys', keys: found, byKid: false };
  return { kind: isOtherKind ? 'not_permitted' : 'unknown' };
}

function withoutKid(
  serving: readonly VerificationKey[],
  all: readonly VerificationKey[],
  areFetched: boolean,
): readonly VerificationKey[] {
  const mayBeTried = !areFetched || all.every((key) => key.kid === undefined);
  return mayBeTried ? serving.filter((key) => key.kid === undefined) : [];
}
