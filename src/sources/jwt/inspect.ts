/** The checks of a token before its signature, which are cheap. */

import { firstProblem } from '../check.ts';
import type { Inspection } from '../kind.ts';
import type { CredentialProblem, CredentialRefusal } from '../verification.ts';
import { ALGORITHM_REFUSED, allowedAlgorithm } from './checks/algorithm.ts';
import { areFetched, selectedKeys, selectFor } from './checks/keys.ts';
import { BEFORE_SIGNATURE } from './checks/order.ts';
import { chooseSource, knownIssuers, type SourceIndex } from './issuer.ts';
import { JwtJob } from './job.ts';
import { parseToken } from './jws.ts';
import { issuerMismatch } from './mismatch.ts';
import type { PreparedSource } from './source.ts';

/** `refresh` is set for key_unknown where the source's keys are fetched: a fresh set may hold the key. */
export type JwtInspection =
  | { readonly kind: 'verify'; readonly job: JwtJob }
  | Extract<Inspection, { kind: 'refused' }>;

/** Judges in the order of TOKEN_REASONS up to the signature. `now` in Unix seconds. Never throws. */
export function inspect(token: string, sources: SourceIndex, now: number): JwtInspection {
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
  const byKid = selection.kind === 'keys' && selection.byKid;
  const isKidUnknown = jws.keyId !== undefined && !byKid && areFetched(source);
  return {
    kind: 'verify',
    job: new JwtJob(source, jws, algorithm, selectedKeys(selection), isKidUnknown),
  };
}

function refused(problem: CredentialProblem, source?: PreparedSource) {
  const refusal: CredentialRefusal = { kind: 'refused', ...problem, source: source?.id };
  return { kind: 'refused', refusal } as const;
}
