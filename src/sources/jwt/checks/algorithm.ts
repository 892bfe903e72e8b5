/** algorithm_not_allowed: the token's `alg` against the allow-list, the kind of the source's keys, and the named key. */

import { ALGORITHMS, type Algorithm, canonicalAlgorithm, isAlgorithm } from '../../../keys/algorithms.ts';
import { shown, shownList } from '../../shown.ts';
import type { CredentialProblem } from '../../verification.ts';
import type { PreparedSource } from '../source.ts';
import type { LookCheck, TokenLook, UnsignedCheck } from './look.ts';

/** The token's algorithm where the source allows it. */
export function allowedAlgorithm({ jws, source }: TokenLook): Algorithm | undefined {
  return isAlgorithm(jws.algorithm) && allows(source, jws.algorithm) ? jws.algorithm : undefined;
}

/** A secret and public keys never mix. */
function allows(source: PreparedSource, algorithm: Algorithm): boolean {
  if (source.algorithms !== undefined && !source.algorithms.has(canonicalAlgorithm(algorithm))) return false;
  const isHmac = ALGORITHMS[algorithm].keyType === 'oct';
  // As the policy has them: of keys that cannot be used it is known all the same which kind they are.
  switch (source.policy.keys.kind) {
    case 'public':
      return !isHmac;
    case 'hmac':
      return isHmac;
    case 'unavailable':
      // Fetched keys are always public ones, also before they have come.
      return !(isHmac && source.policy.maxStale !== undefined);
  }
}

export const ALGORITHM_REFUSED: CredentialProblem = {
  reason: 'algorithm_not_allowed',
  detail: "The token's algorithm is not allowed for its issuer.",
};

export const ALGORITHM: LookCheck = {
  problem: (look) => (allowedAlgorithm(look) === undefined ? ALGORITHM_REFUSED : undefined),
  findings(look, problem) {
    const { jws, source } = look;
    const { policy } = source;
    const allowed = policy.algorithms.length > 0 ? shownList(policy.algorithms) : 'what the key permits';
    const kind = policy.keys.kind === 'hmac' ? 'shared secrets' : 'public keys';
    const found = `alg ${shown(jws.algorithm)}; allowed: ${allowed}, by ${kind}`;
    return problem === undefined ? [found] : [found, ...keyPermits(look)];
  },
};

export const KEY_PERMITS: UnsignedCheck = {
  problem: ({ selection }) =>
    selection.kind === 'not_permitted'
      ? {
          reason: 'algorithm_not_allowed',
          detail: "The token's algorithm does not fit the key that it names.",
        }
      : undefined,
  findings: (look, problem) => (problem === undefined ? [] : keyPermits(look)),
};

/** What the key that the token names is for. */
function keyPermits({ jws: { keyId }, source: { keys } }: TokenLook): readonly string[] {
  if (keyId === undefined || keys.kind === 'unavailable') return [];
  return keys.keys
    .filter(({ kid }) => kid === keyId)
    .map(({ algorithms }) => `kid ${shown(keyId)}: this key permits ${algorithms.join(', ')}`);
}
