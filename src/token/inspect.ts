/** The cheap refusals: everything that can speak against a token before its signature is looked at. */

import type { Algorithm } from '../keys/algorithms.ts';
import type { VerificationKey } from '../keys/key.ts';
import { isDear } from '../keys/verify.ts';
import { firstProblem } from './check.ts';
import { ALGORITHM_REFUSED, allowedAlgorithm } from './checks/algorithm.ts';
import { KEYS_UNAVAILABLE, keysOf } from './checks/keys.ts';
import { BEFORE_SIGNATURE } from './checks/order.ts';
import { chooseSource, knownIssuers, type SourceIndex } from './issuer.ts';
import { type Jws, parseToken } from './jws.ts';
import { issuerMismatch } from './mismatch.ts';
import { areFetched, selectFor } from './selection.ts';
import type { PreparedSource } from './source.ts';
import type { TokenProblem, TokenRefusal } from './verification.ts';

/** A token against which only its signature and its claims can still speak. */
export interface VerificationJob {
  readonly source: PreparedSource;
  readonly jws: Jws;
  readonly algorithm: Algorithm;
  /** 1 to 4 keys; any one of them suffices. */
  readonly keys: readonly VerificationKey[];
  /** Takes so long that it belongs off the main thread. */
  readonly isDear: boolean;
  /** The token's kid is none of a fetched set's: where these keys do not verify it, a fresh set may hold the key. */
  readonly isKidUnknown: boolean;
}

export type Inspection =
  | { readonly kind: 'verify'; readonly job: VerificationJob }
  | {
      readonly kind: 'refused';
      readonly refusal: TokenRefusal;
      /** Set for key_unknown where the source's keys are fetched: a fresh set may hold the key. */
      readonly refresh?: PreparedSource;
    };

/** Judges in the order of TOKEN_REASONS up to the signature. `now` in Unix seconds. Never throws. */
export function inspect(token: string, sources: SourceIndex, now: number): Inspection {
  const parsed = parseToken(token);
  if (parsed.kind === 'malformed') return refused({ reason: 'token_malformed', detail: parsed.detail });
  if (parsed.kind === 'encrypted') {
    const detail = 'The token is encrypted (JWE); only signed tokens are read here.';
    return refused({ reason: 'token_encrypted', detail });
  }
  const { jws } = parsed;
  const source = chooseSource(sources, jws.registered.issuer, jws.claims);
  if (source === undefined) {
    return refused({
      reason: 'issuer_unknown',
      detail: "The token's issuer is none of those trusted here.",
      mismatch: issuerMismatch(jws.registered.issuer, knownIssuers(sources)),
    });
  }
  const algorithm = allowedAlgorithm({ jws, source });
  if (algorithm === undefined) return refused(ALGORITHM_REFUSED, source);
  const selection = selectFor(source, algorithm, jws);
  const problem = firstProblem(BEFORE_SIGNATURE, { jws, source, algorithm, selection, now });
  if (problem !== undefined) {
    const { refusal } = refused(problem, source);
    const mayBeFetched = selection.kind === 'unknown' && problem.reason === 'key_unknown';
    return mayBeFetched && areFetched(source)
      ? { kind: 'refused', refusal, refresh: source }
      : { kind: 'refused', refusal };
  }
  const keys = keysOf(selection);
  const byKid = selection.kind === 'keys' && selection.byKid;
  return {
    kind: 'verify',
    job: {
      source,
      jws,
      algorithm,
      keys,
      isDear: keys.some(isDear),
      isKidUnknown: jws.keyId !== undefined && !byKid && areFetched(source),
    },
  };
}

/** A refusal outside the inspection's own order, where the keys are gone under a verified token. */
export const keysUnavailable = (source: PreparedSource): TokenRefusal =>
  refused(KEYS_UNAVAILABLE, source).refusal;

function refused(problem: TokenProblem, source?: PreparedSource) {
  const refusal: TokenRefusal = { kind: 'refused', ...problem, source: source?.policy.id };
  return { kind: 'refused', refusal } as const;
}
