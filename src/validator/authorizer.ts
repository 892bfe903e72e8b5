/** Leads a request to its Decision, over either protocol: token cache, verification, and fetches for unknown keys. */

import type { Clock } from '../base/clock.ts';
import { namespaceOf } from '../base/object-id.ts';
import { internalError } from '../decision/answers.ts';
import { begin, type Pending } from '../decision/begin.ts';
import type { CheckRequest, Decision } from '../decision/decision.ts';
import type { Enforcer } from '../decision/enforcer.ts';
import { finish } from '../decision/finish.ts';
import { type Conclusion, MAX_CREDENTIAL_LENGTH, type Source } from '../sources/kind.ts';
import { type CredentialRefusal, KEYS_UNAVAILABLE, type Verification } from '../sources/verification.ts';
import { clientNetwork } from './client-network.ts';
import { type TokenCache, tokenDigest } from './token-cache.ts';
import type { NoteUnspelt } from './unspelt-log.ts';
import type { VerificationQueue } from './verification-queue.ts';

/**
 * Decides about a request. Returns the decision at once for cached tokens and cheap signatures. Never throws and never
 * rejects. `client` is the caller's address; undefined = unknown.
 */
export type Authorize = (request: CheckRequest, client?: string) => Decision | Promise<Decision>;

export interface AuthorizerParts {
  /** The policy in force; undefined = none received yet. */
  readonly enforcer: () => Enforcer | undefined;
  /**
   * Asks for a source's keys anew. Resolves once the fetch is over and its outcome in force; undefined when
   * the source was asked too lately.
   */
  readonly refreshKeys: (sourceUid: string) => Promise<void> | undefined;
  readonly cache: TokenCache;
  readonly queue: VerificationQueue;
  readonly clock: Clock;
  readonly metrics: { tokenCacheHit(): void; tokenCacheMiss(): void };
  /** Called for a verified token whose user's id cannot be written as text. */
  readonly onUnspelt: NoteUnspelt;
  /** Called for a bug: the request was denied with internal_error. */
  readonly onError: (error: unknown) => void;
}

/** How long a request waits for keys that its token needs and we do not have; in milliseconds. */
export const KEY_WAIT = 150;

interface Attempt {
  /** The caller's address. */
  readonly client: string | undefined;
  /** The keys were fetched for this request, so it does not ask for another fetch. */
  readonly keysAreFresh: boolean;
}

export function createAuthorizer(parts: AuthorizerParts): Authorize {
  const { cache, queue, clock, metrics } = parts;

  const decide = (request: CheckRequest, attempt: Attempt): Decision | Promise<Decision> => {
    const begun = begin(parts.enforcer(), request);
    if (begun.kind === 'decided') return begun.decision;
    const { pending } = begun;
    const { credential } = pending;
    // A longer credential is refused unread, so it needs no digest.
    const digest = credential.length > MAX_CREDENTIAL_LENGTH ? undefined : tokenDigest(credential);
    const cached = digest === undefined ? undefined : findCached(pending, digest);
    if (cached !== undefined) {
      metrics.tokenCacheHit();
      return finish(pending, cached);
    }
    metrics.tokenCacheMiss();
    return verify(pending, digest, attempt);
  };

  const verify = (
    pending: Pending,
    digest: string | undefined,
    attempt: Attempt,
  ): Decision | Promise<Decision> => {
    const inspection = pending.verifier.inspect(pending.credential, clock.seconds());
    if (inspection.kind === 'refused') {
      const { refusal, refresh } = inspection;
      if (refresh === undefined || attempt.keysAreFresh) return finish(pending, refusal);
      const fetch = parts.refreshKeys(refresh.uid);
      return fetch === undefined
        ? finish(pending, refusal)
        : decideAfterFetch(pending, refresh, fetch, attempt);
    }
    const { job } = inspection;
    const afterSignature = (isGood: boolean): Decision | Promise<Decision> => {
      if (!isGood && job.isKeyUnknown && !attempt.keysAreFresh) {
        const fetch = parts.refreshKeys(job.source.uid);
        if (fetch !== undefined) return decideAfterFetch(pending, job.source, fetch, attempt);
      }
      const conclusion = job.conclude(isGood);
      const finishWith = (concluded: Conclusion): Decision => {
        if (concluded.kind === 'verified') remember(job.source, digest, concluded);
        return finish(pending, concluded);
      };
      return conclusion instanceof Promise ? conclusion.then(finishWith) : finishWith(conclusion);
    };
    if (!job.isSlow) return afterSignature(job.checkSignature());
    const overloaded = () => finish(pending, { kind: 'overloaded', source: job.source.id });
    const queued = queue.submit(job, {
      namespace: namespaceOf(pending.binding.policy.id),
      source: job.source.uid,
      client: clientNetwork(attempt.client),
    });
    if (queued === 'overloaded') return overloaded();
    return queued.then((isGood) => (isGood === 'overloaded' ? overloaded() : afterSignature(isGood)));
  };

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

  const remember = (
    source: Source,
    digest: string | undefined,
    { identity, lasting, unspeltUser }: Extract<Conclusion, { kind: 'verified' }>,
  ): void => {
    if (unspeltUser !== undefined) parts.onUnspelt(source.id, unspeltUser);
    if (digest !== undefined && lasting !== undefined) cache.keep(digest, source, { identity, lasting });
  };

  /** Decides from the beginning: the policy in force is another one when the keys have changed. */
  const decideAfterFetch = async (
    pending: Pending,
    source: Source,
    fetch: Promise<void>,
    { client }: Attempt,
  ): Promise<Decision> => {
    const isOver = await within(clock, KEY_WAIT, fetch);
    return isOver
      ? decide(pending.request, { client, keysAreFresh: true })
      : finish(pending, { kind: 'refused', ...KEYS_UNAVAILABLE, source: source.id });
  };

  return (request, client) => {
    const failed = (error: unknown): Decision => {
      parts.onError(error);
      return internalError(request);
    };
    try {
      const decision = decide(request, { client, keysAreFresh: false });
      return decision instanceof Promise ? decision.catch(failed) : decision;
    } catch (error) {
      return failed(error);
    }
  };
}

/** True for a refusal that stays true at any later time. */
function isFinal({ reason }: CredentialRefusal): boolean {
  return reason === 'token_expired' || reason === 'token_too_old';
}

/** Returns true if the promise resolves or rejects within so many milliseconds. */
function within(clock: Clock, milliseconds: number, promise: Promise<void>): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.after(milliseconds, () => resolve(false));
    const settled = () => {
      cancel();
      resolve(true);
    };
    promise.then(settled, settled);
  });
}
