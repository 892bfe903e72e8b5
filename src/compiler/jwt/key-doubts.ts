/** What is doubtful about a source's keys once they are read: algorithms without a key, and too many keys without a kid. */

import { canonicalAlgorithm, isAlgorithm } from '../../keys/algorithms.ts';
import { MAX_CANDIDATES } from '../../keys/select.ts';
import type { Issue } from '../issues.ts';
import type { UsableKey } from './keys.ts';

const FIELD = 'spec.jwt.keys';

/** In canonical spelling. */
const verifiedBy = (keys: readonly UsableKey[]): ReadonlySet<string> =>
  new Set(keys.flatMap(({ algorithms }) => algorithms.map(canonicalAlgorithm)));

/**
 * Secrets of which none is long enough for an algorithm that is allowed: not one token could ever be verified. One that
 * is long enough counts, and the others do no harm.
 */
export function tooShortForAllowed(
  allowed: readonly string[],
  usable: readonly UsableKey[],
): readonly Issue[] {
  const wanted = allowed.filter((name) => name.startsWith('HS'));
  const canVerify = verifiedBy(usable);
  if (wanted.length === 0 || wanted.some((name) => canVerify.has(name))) return [];
  return [
    {
      reason: 'KeyTooShort',
      field: `${FIELD}.hmac[0].secretKeyRef`,
      message: `no secret of this source is long enough for ${wanted.join(' or ')}: HS384 takes at least 48 bytes, HS512 64`,
      remedy:
        'make one with "openssl rand -hex 64", say encoding: Hex, and give it to the issuer, too; or allow HS256',
    },
  ];
}

/** More keys without kid that fit one algorithm than are tried: their tokens are refused, whether they have a kid or not. */
export function tooManyUnnamed(
  kind: 'jwks' | 'publicKeys' | 'hmac',
  usable: readonly UsableKey[],
  allowed: readonly string[],
): readonly Issue[] {
  const names = allowed.filter(isAlgorithm).map(canonicalAlgorithm);
  const fitting = new Map<string, number>();
  for (const { kid, algorithms } of usable) {
    for (const name of kid === undefined ? algorithms : []) {
      const isAllowed = names.length === 0 || names.includes(canonicalAlgorithm(name));
      if (isAllowed) fitting.set(name, (fitting.get(name) ?? 0) + 1);
    }
  }
  const [most] = [...fitting].filter(([, count]) => count > MAX_CANDIDATES).sort(([, a], [, b]) => b - a);
  if (most === undefined) return [];
  const [algorithm, count] = most;
  return [
    {
      reason: 'KeyIDMissing',
      field: `${FIELD}.${kind}${kind === 'jwks' ? '.keys' : ''}`,
      message:
        `${count} keys without kid fit ${algorithm}, and no more than ${MAX_CANDIDATES} can be tried: ` +
        'tokens that name no key of this source are refused',
      remedy: 'give each key its kid, as the issuer names it',
    },
  ];
}

/** The allowed algorithms that no key can verify; `usable` undefined stands for fetched, public keys. */
export function unusableAlgorithms(
  allowed: readonly string[],
  usable: readonly UsableKey[] | undefined,
): readonly Issue[] {
  const canVerify = usable && verifiedBy(usable);
  return allowed.flatMap((name, i) => {
    if (!isAlgorithm(name)) return [];
    const canBeUsed =
      canVerify === undefined ? !name.startsWith('HS') : canVerify.has(canonicalAlgorithm(name));
    if (canBeUsed) return [];
    return [
      {
        reason: 'AlgorithmUnusable',
        field: `spec.jwt.algorithms[${i}]`,
        message: `no key of this source can verify ${name}`,
        remedy: 'leave it out, or add a key for it',
      } as const,
    ];
  });
}
