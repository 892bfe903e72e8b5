/** Checks again what may have changed for a token in the cache: the time, the age of the keys, and its source. */

import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { Recheck, Source } from '../kind.ts';
import { KEYS_UNAVAILABLE } from '../verification.ts';
import { isStale } from './checks/keys.ts';
import { timeProblem } from './checks/times.ts';
import { chooseSource, type SourceIndex } from './issuer.ts';

/** The claims that are checked again at every use. */
const LASTING_CLAIMS = ['iss', 'tid', 'exp', 'nbf', 'iat'];

export function lastingClaims(claims: JsonObject): JsonObject {
  const picked: Record<string, JsonValue> = {};
  for (const name of LASTING_CLAIMS) {
    const value = claims[name];
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}

const STANDS: Recheck = { kind: 'stands' };
const FOREIGN: Recheck = { kind: 'foreign' };

/** `lasting` are claims of a token that `source` vouched for under the same `cacheKey`. */
export function recheckToken(index: SourceIndex, source: Source, lasting: JsonObject, now: number): Recheck {
  const { iss, exp, nbf, iat } = lasting;
  const chosen = chooseSource(index, typeof iss === 'string' ? iss : undefined, lasting);
  if (chosen === undefined || chosen !== source) return FOREIGN;
  const times = { expiresAt: asNumber(exp), notBefore: asNumber(nbf), issuedAt: asNumber(iat) };
  const problem = isStale(chosen, now) ? KEYS_UNAVAILABLE : timeProblem(times, chosen.policy, now);
  return problem === undefined ? STANDS : { kind: 'refused', ...problem, source: chosen.id };
}

function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
