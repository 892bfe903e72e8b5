/** Leads a credential to its Verification: the token cache, the inspection, and the signature, at once or in a queue. */

import type { Clock } from '../base/clock.ts';
import { namespaceOf } from '../base/object-id.ts';
import type { Pending } from '../decision/begin.ts';
import {
  type Conclusion,
  type Job,
  MAX_CREDENTIAL_LENGTH,
  type Source,
  type Verifier,
} from '../sources/kind.ts';
import type { CredentialRefusal, Verification } from '../sources/verification.ts';
import { clientNetwork } from './client-network.ts';
import { type TokenCache, tokenDigest } from './token-cache.ts';
import type { NoteUnspelt } from './unspelt-log.ts';
import type { VerificationQueue } from './verification-queue.ts';

export interface VerifyParts {
  readonly cache: TokenCache;
  /** Takes signatures that are slow to verify. */
  readonly queue: Pick<VerificationQueue, 'submit'>;
  readonly clock: Clock;
  readonly metrics: { tokenCacheHit(): void; tokenCacheMiss(): void };
  /** Called for a verified token whose user's id cannot be written as text. */
  readonly onUnspelt: NoteUnspelt;
}

/** Refused, and fresh keys of this source may lead to another verdict. */
export interface Unsure {
  readonly kind: 'unsure';
  readonly refusal: CredentialRefusal;
  readonly source: Source;
}

export type Verified = Verification | Unsure;

/**
 * At once for cached tokens and cheap signatures.
 *
 * @param client the caller's address; undefined = unknown.
 * @param known what became of this very credential a moment ago, by the same policy and perhaps for another binding: where
 * the same source judges it for the same audiences, that stands.
 */
export type Verify = (
  pending: Pending,
  client: string | undefined,
  known?: Known,
) => Verified | Promise<Verified>;

export interface Known {
  /** Of the binding for which it was verified. */
  readonly verifier: Verifier;
  readonly verification: Verification;
}

export function createVerify({ cache, queue, clock, metrics, onUnspelt }: VerifyParts): Verify {
  /** Skips a source that this binding would not choose: another binding may have cached the token for it. */
  const findCached = ({ verifier }: Pending, digest: string): Verification | undefined => {
    for (const source of verifier.sources) {
      const found = cache.find(digest, source);
      if (found === undefined) continue;
      const verdict = verifier.recheck(source, found.lasting, clock.seconds());
      switch (verdict.kind) {
        case 'foreign':
          continue;
        case 'stands':
          return { kind: 'verified', identity: found.identity };
        case 'refused':
          if (isFinal(verdict)) cache.drop(digest, source);
          return verdict;
      }
    }
    return undefined;
  };

  const concluded = (
    { source, isKeyUnknown }: Job,
    digest: string | undefined,
    conclusion: Conclusion,
    isGood: boolean,
  ): Verified => {
    if (conclusion.kind === 'refused') {
      return !isGood && isKeyUnknown ? { kind: 'unsure', refusal: conclusion, source } : conclusion;
    }
    const { identity, lasting, unspeltUser } = conclusion;
    if (unspeltUser !== undefined) onUnspelt(source.id, unspeltUser);
    if (digest !== undefined && lasting !== undefined) cache.keep(digest, source, { identity, lasting });
    return conclusion;
  };

  const conclude = (job: Job, digest: string | undefined, isGood: boolean): Verified | Promise<Verified> => {
    const conclusion = job.conclude(isGood);
    return conclusion instanceof Promise
      ? conclusion.then((settled) => concluded(job, digest, settled, isGood))
      : concluded(job, digest, conclusion, isGood);
  };

  const inspect: (...args: [...Parameters<Verify>, digest: string | undefined]) => ReturnType<Verify> = (
    pending,
    client,
    known,
    digest,
  ) => {
    const inspection = pending.verifier.inspect(pending.credential, clock.seconds());
    if (inspection.kind === 'refused') {
      const { refusal, refresh } = inspection;
      return refresh === undefined ? refusal : { kind: 'unsure', refusal, source: refresh };
    }
    const { job } = inspection;
    if (known !== undefined && judgedBy(known)?.cacheKey === job.source.cacheKey) return known.verification;
    if (!job.isSlow) return conclude(job, digest, job.checkSignature());
    const overloaded = { kind: 'overloaded', source: job.source.id } as const;
    const queued = queue.submit(job, {
      namespace: namespaceOf(pending.binding.policy.id),
      source: job.source.uid,
      client: clientNetwork(client),
    });
    if (queued === 'overloaded') return overloaded;
    return queued.then((isGood) => (isGood === 'overloaded' ? overloaded : conclude(job, digest, isGood)));
  };

  return (pending, client, known) => {
    const { credential } = pending;
    // A longer credential is refused unread, so it needs no digest.
    const digest = credential.length > MAX_CREDENTIAL_LENGTH ? undefined : tokenDigest(credential);
    const cached = digest === undefined ? undefined : findCached(pending, digest);
    if (cached !== undefined) {
      metrics.tokenCacheHit();
      return cached;
    }
    metrics.tokenCacheMiss();
    return inspect(pending, client, known, digest);
  };
}

/** True for a refusal that stays true at any later time. */
function isFinal({ reason }: CredentialRefusal): boolean {
  return reason === 'token_expired' || reason === 'token_too_old';
}

/** The source that judged, as its binding has it; undefined where none did. */
function judgedBy({ verifier, verification }: Known): Source | undefined {
  const source = verification.kind === 'verified' ? verification.identity.source : verification.source;
  return verifier.sources.find(({ id }) => id === source);
}
