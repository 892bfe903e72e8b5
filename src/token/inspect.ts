/** The cheap refusals: everything that can speak against a token before its signature is looked at. */

import { ALGORITHMS, type Algorithm, canonicalAlgorithm, isAlgorithm } from '../keys/algorithms.ts';
import type { VerificationKey } from '../keys/key.ts';
import { type KeySelection, MAX_CANDIDATES, selectKeys } from '../keys/select.ts';
import { isDear } from '../keys/verify.ts';
import { chooseSource, keyServesIssuer, knownIssuers, type SourceIndex } from './issuer.ts';
import { type Jws, parseToken } from './jws.ts';
import { issuerMismatch } from './mismatch.ts';
import type { PreparedSource } from './source.ts';
import { timeProblem } from './times.ts';
import type { TokenReason, TokenRefusal } from './verification.ts';

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

/** How `tokenTypes` spells a token without `typ`. */
const ABSENT = '';

/** What `typ` may be where a source does not say: absent, JWT, RFC 9068's at+jwt, or JOSE, as SPIFFE has it. */
const DEFAULT_TYPES = ['jwt', 'at+jwt', 'jose'];

/** Judges in the order of TOKEN_REASONS up to the signature. `now` in Unix seconds. Never throws. */
export function inspect(token: string, sources: SourceIndex, now: number): Inspection {
  const parsed = parseToken(token);
  if (parsed.kind === 'malformed') return refuse('token_malformed', parsed.detail);
  if (parsed.kind === 'encrypted') {
    return refuse('token_encrypted', 'The token is encrypted (JWE); only signed tokens are read here.');
  }
  const { jws } = parsed;
  const source = chooseSource(sources, jws.registered.issuer, jws.claims);
  if (source === undefined) {
    const { refusal } = refuse('issuer_unknown', "The token's issuer is none of those trusted here.");
    const mismatch = issuerMismatch(jws.registered.issuer, knownIssuers(sources));
    return { kind: 'refused', refusal: { ...refusal, mismatch } };
  }
  const id = source.policy.id;
  if (!isAlgorithm(jws.algorithm) || !allowsAlgorithm(source, jws.algorithm)) {
    return refuse('algorithm_not_allowed', "The token's algorithm is not allowed for its issuer.", id);
  }
  const algorithm = jws.algorithm;
  const selected = selectFor(source, algorithm, jws);
  if (selected.kind === 'not_permitted') {
    return refuse('algorithm_not_allowed', "The token's algorithm does not fit the key that it names.", id);
  }
  if (!allowsType(source, jws.type)) {
    return refuse('type_not_allowed', "The token's type (typ) is not allowed for its issuer.", id);
  }
  if (selected.kind === 'unavailable' || isStale(source, now))
    return refuse('keys_unavailable', KEYS_MISSING, id);
  if (selected.kind === 'unknown') {
    const { refusal } = refuse('key_unknown', "The issuer's keys do not include the token's.", id);
    return areFetched(source) ? { kind: 'refused', refusal, refresh: source } : { kind: 'refused', refusal };
  }
  if (selected.kind === 'too_many') {
    return refuse('key_unknown', tooMany(selected.fitting, jws.keyId !== undefined), id);
  }
  const untimely = timeProblem(jws.registered, source.policy, now);
  if (untimely !== undefined) return refuse(untimely.reason, untimely.detail, id);
  return {
    kind: 'verify',
    job: {
      ...{ source, jws, algorithm, keys: selected.keys },
      isDear: selected.keys.some(isDear),
      isKidUnknown: jws.keyId !== undefined && !selected.byKid && areFetched(source),
    },
  };
}

function tooMany(fitting: number, hasKid: boolean): string {
  const names = hasKid ? "names none of the issuer's keys (kid)" : 'names no key (kid)';
  return `The token ${names}, and ${fitting} keys fit its algorithm: no more than ${MAX_CANDIDATES} can be tried.`;
}

const KEYS_MISSING = "The issuer's keys have not been read, or not for too long.";

/** A refusal outside the inspection's own order, where the keys are gone under a verified token. */
export function keysUnavailable(source: PreparedSource): TokenRefusal {
  return { kind: 'refused', reason: 'keys_unavailable', detail: KEYS_MISSING, source: source.policy.id };
}

function refuse(
  reason: TokenReason,
  detail: string,
  source?: string,
): { readonly kind: 'refused'; readonly refusal: TokenRefusal } {
  return { kind: 'refused', refusal: { kind: 'refused', reason, detail, source } };
}

/** The allow-list, and the kind of the source's keys: a secret and public keys never mix. */
function allowsAlgorithm(source: PreparedSource, algorithm: Algorithm): boolean {
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

/** `typ` is compared without case and without `application/` (RFC 7515 section 4.1.9). */
function allowsType({ policy: { tokenTypes } }: PreparedSource, type: string | undefined): boolean {
  if (type === undefined) return tokenTypes.length === 0 || tokenTypes.includes(ABSENT);
  const plain = plainType(type);
  return tokenTypes.length === 0
    ? DEFAULT_TYPES.includes(plain)
    : tokenTypes.some((allowed) => plainType(allowed) === plain);
}

export function plainType(type: string): string {
  const lower = type.toLowerCase();
  return lower.startsWith('application/') ? lower.slice('application/'.length) : lower;
}

/** Fetched keys serve for maxStale after the last good fetch, and not at all before the first. */
export function isStale(source: PreparedSource, now: number): boolean {
  const { maxStale } = source.policy;
  if (maxStale === undefined) return false;
  return source.checkedAt === undefined || now - source.checkedAt > maxStale;
}

const areFetched = ({ policy }: PreparedSource): boolean => policy.maxStale !== undefined;

type Selection = KeySelection | { readonly kind: 'unavailable' };

/** The source's keys that the token's signature is tried with. */
export function selectFor(source: PreparedSource, alg: Algorithm, jws: Jws): Selection {
  if (source.keys.kind === 'unavailable') return { kind: 'unavailable' };
  return selectKeys(source.keys.keys, {
    ...{ kid: jws.keyId, alg, areFetched: areFetched(source) },
    serves: (key) => keyServesIssuer(key.issuer, source, jws.claims),
  });
}
