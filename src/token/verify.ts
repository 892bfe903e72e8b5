/** The signature, and what is judged only once it is good: binding to a sender, audience, client, claims. */

import { newBudget } from '../cel/expression.ts';
import { verify, verifyAsync } from '../keys/verify.ts';
import { claimValues } from '../matching/values.ts';
import { hasGroupsOverage, mapClient, mapIdentity } from './identity.ts';
import { inspect, isStale, keysUnavailable, plainType, type VerificationJob } from './inspect.ts';
import type { SourceIndex } from './issuer.ts';
import type { Jws } from './jws.ts';
import { audienceMismatch, type Mismatch } from './mismatch.ts';
import type { PreparedSource } from './source.ts';
import { timeProblem } from './times.ts';
import type { Identity, TokenReason, TokenRefusal, Verification } from './verification.ts';

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
  const problem = signatureIsGood
    ? claimsProblem(jws, source)
    : ({ reason: 'signature_invalid', detail: "The token's signature is not valid." } as const);
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

interface Problem {
  readonly reason: TokenReason;
  readonly detail: string;
  readonly mismatch?: Mismatch;
}

function claimsProblem(jws: Jws, source: PreparedSource): Problem | undefined {
  if (Object.hasOwn(jws.claims, 'cnf')) {
    return {
      reason: 'token_bound',
      detail: 'The token is bound to its sender (cnf) and is no bearer token.',
    };
  }
  return (
    audienceProblem(jws, source) ??
    clientProblem(jws, source) ??
    presenceProblem(jws, source) ??
    requiredClaimProblem(jws, source) ??
    expressionProblem(jws, source) ??
    overageProblem(jws, source)
  );
}

/**
 * A token without `aud` passes only where its client is asked for instead, which is looked at next; RFC 9068
 * demands an `aud`.
 */
function audienceProblem({ registered, type, claims }: Jws, { policy }: PreparedSource): Problem | undefined {
  const { audience } = registered;
  const isAccessToken = type !== undefined && plainType(type) === 'at+jwt';
  const namesNobody = audience === undefined || audience.every((value) => value === '');
  const fits =
    policy.audiences.length === 0 ||
    (audience === undefined
      ? policy.clientIDs.length > 0
      : audience.some((value) => policy.audiences.includes(value)));
  return fits && !(isAccessToken && namesNobody)
    ? undefined
    : {
        reason: 'audience_mismatch',
        detail: "The token's audience is none of those expected here.",
        mismatch: audienceMismatch(audience, claims, policy),
      };
}

function clientProblem({ claims }: Jws, source: PreparedSource): Problem | undefined {
  const { clientIDs } = source.policy;
  if (clientIDs.length === 0) return undefined;
  const client = mapClient(claims, source);
  return client !== undefined && clientIDs.includes(client)
    ? undefined
    : { reason: 'client_not_allowed', detail: 'The token was issued to a client that is not allowed here.' };
}

function presenceProblem({ registered }: Jws, { policy }: PreparedSource): Problem | undefined {
  if (policy.expiration === 'Required' && registered.expiresAt === undefined) {
    return { reason: 'claim_rejected', detail: 'The token never expires (no exp claim).' };
  }
  if (policy.maxTokenAge !== undefined && registered.issuedAt === undefined) {
    return { reason: 'claim_rejected', detail: 'The token does not say when it was issued (no iat claim).' };
  }
  return undefined;
}

function requiredClaimProblem({ claims }: Jws, source: PreparedSource): Problem | undefined {
  const { requiredClaims } = source;
  for (const [i, { read, values }] of requiredClaims.entries()) {
    const value = read(claims);
    const holds =
      values.length === 0
        ? value !== undefined && value !== null
        : claimValues(value).some((text) => values.includes(text));
    if (!holds) {
      const name = source.policy.requiredClaims[i]?.claim;
      return { reason: 'claim_rejected', detail: `The token's claim ${name} is not as required.` };
    }
  }
  return undefined;
}

function expressionProblem({ claims, header }: Jws, source: PreparedSource): Problem | undefined {
  const budget = newBudget();
  for (const { expression, message } of source.expressions) {
    const result = expression.evaluate({ claims, header }, budget);
    if (result.kind === 'error' || !result.value) return { reason: 'claim_rejected', detail: message };
  }
  return undefined;
}

function overageProblem({ claims }: Jws, { policy }: PreparedSource): Problem | undefined {
  return hasGroupsOverage(claims, policy.mapping.roles)
    ? {
        reason: 'groups_overage',
        detail: 'The token names more groups than it can list; have the provider send roles or fewer groups.',
      }
    : undefined;
}
