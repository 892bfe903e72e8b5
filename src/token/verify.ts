/** The signature, and the verdict on a token: what is judged once its signature has been looked at. */

import { verify, verifyAsync } from '../keys/verify.ts';
import { firstProblem } from './check.ts';
import { AFTER_SIGNATURE } from './checks/order.ts';
import { SIGNATURE_INVALID } from './checks/signature.ts';
import { timeProblem } from './checks/times.ts';
import { mapIdentity } from './identity.ts';
import { inspect, keysUnavailable, type VerificationJob } from './inspect.ts';
import type { SourceIndex } from './issuer.ts';
import { isStale } from './selection.ts';
import type { PreparedSource } from './source.ts';
import type { Identity, TokenRefusal, Verification } from './verification.ts';

/** The whole way at once, on this thread: for tools, and wherever nobody else is waiting. */
export function verifyToken(token: string, sources: SourceIndex, now: number): Verification {
  const inspection = inspect(token, sources, now);
  return inspection.kind === 'refused'
    ? inspection.refusal
    : conclude(inspection.job, verifyJob(inspection.job));
}

/** True if one of the job's keys made the signature. */
export function verifyJob(job: VerificationJob): boolean {
  const { algorithm, keys, jws } = job;
  return keys.some((key) => verify(algorithm, key, jws.signingInput, jws.signature));
}

/** The same on the thread pool, one key after the other. Never rejects. */
export async function verifyJobAsync(job: VerificationJob): Promise<boolean> {
  const { algorithm, keys, jws } = job;
  for (const key of keys) {
    if (await verifyAsync(algorithm, key, jws.signingInput, jws.signature)) return true;
  }
  return false;
}

/** The verdict on a token whose signature has been looked at. Depends on token and source alone. */
export function conclude(job: VerificationJob, signatureIsGood: boolean): Verification {
  const { source, jws } = job;
  const problem = signatureIsGood ? firstProblem(AFTER_SIGNATURE, { jws, source }) : SIGNATURE_INVALID;
  return problem === undefined
    ? { kind: 'verified', identity: mapIdentity(jws, source) }
    : { kind: 'refused', ...problem, source: source.policy.id };
}

/**
 * What may have changed for a token that was verified before under the same `cacheKey`: the time, and the
 * freshness of the keys.
 */
export function recheck(
  identity: Pick<Identity, 'claims'>,
  source: PreparedSource,
  now: number,
): TokenRefusal | undefined {
  if (isStale(source, now)) return keysUnavailable(source);
  const { exp, nbf, iat } = identity.claims;
  const problem = timeProblem(
    { expiresAt: asNumber(exp), notBefore: asNumber(nbf), issuedAt: asNumber(iat) },
    source.policy,
    now,
  );
  return problem === undefined ? undefined : { kind: 'refused', ...problem, source: source.policy.id };
}

function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
