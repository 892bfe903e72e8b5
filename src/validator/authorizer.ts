/** The one way from a request to its Decision, whichever protocol brought the request. */

import type { Clock } from '../base/clock.ts';
import { internalError } from '../decision/answers.ts';
import { begin, type Pending } from '../decision/begin.ts';
import type { CheckRequest, Decision } from '../decision/decision.ts';
import type { Enforcer } from '../decision/enforcer.ts';
import { finish } from '../decision/finish.ts';
import { type Conclusion, type Job, MAX_CREDENTIAL_LENGTH, type Source } from '../sources/kind.ts';
import { type CredentialRefusal, KEYS_UNAVAILABLE, type Verification } from '../sources/verification.ts';
import { namespaceOf } from './budgets.ts';
import { clientNetwork } from './client-network.ts';
import { type TokenCache, tokenDigest } from './token-cache.ts';
import type { NoteUnspelt } from './unspelt-log.ts';
import type { VerificationQueue } from './verification-queue.ts';

/**
 * Never throws and never rejects. At once for cached tokens and cheap signatures. `client` is the caller's address;
 * undefined = unknown.
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
  /** Hears of a verified token whose user's id cannot be spelt. */
  readonly onUnspelt: NoteUnspelt;
  /** Hears of bugs: the request was denied with internal_error. */
  readonly onError: (error: unknown) => void;
}

/** How long a request waits for keys that its token needs and we do not have; in milliseconds. */
export const KEY_WAIT = 150;

interface Attempt {
  /** The caller's address. */
  readonly client: string | undefined;
  /** They were fetched for this very request. */
  readonly keysAreFresh: boolean;
}

/** What is known of a credential once its proof has been looked at. */
interface Looked {
  /** Undefined: the credential is not worth one. */
  readonly digest: string | undefined;
  readonly isGood: boolean;
  readonly attempt: Attempt;
}

export function createAuthorizer(parts: AuthorizerParts): Authorize {
  const { cache, queue, clock, metrics } = parts;

  const judge = (request: CheckRequest, attempt: Attempt): Decision | Promise<Decision> => {
    const begun = begin(parts.enforcer(), request);
    if (begun.kind === 'decided') return begun.decision;
    const { pending } = begun;
    // Longer ones are refused unread, so they are not worth a digest.
    const { credential } = pending;
    const digest = credential.length > MAX_CREDENTIAL_LENGTH ? undefined : tokenDigest(credential);
    const cached = digest === undefined ? undefined : recall(pending, digest);
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
    const inspection = pending.judge.inspect(pending.credential, clock.seconds());
    if (inspection.kind === 'refused') {
      const { refusal, refresh } = inspection;
      if (refresh === undefined || attempt.keysAreFresh) return finish(pending, refusal);
      const fetch = parts.refreshKeys(refresh.uid);
      return fetch === undefined ? finish(pending, refusal) : afterFetch(pending, refresh, fetch, attempt);
    }
    const { job } = inspection;
    const settled = (isGood: boolean) => settle(pending, job, { digest, isGood, attempt });
    if (!job.isDear) return settled(job.prove());
    const overloaded = () => finish(pending, { kind: 'overloaded', source: job.source.id });
    const queued = queue.submit(job, {
      namespace: namespaceOf(pending.binding.policy.id),
      source: job.source.uid,
      client: clientNetwork(attempt.client),
    });
    if (queued === undefined) return overloaded();
    return queued.then((isGood) => (isGood === undefined ? overloaded() : settled(isGood)));
  };

  /** Another binding may have cached the token for a source that this binding would not choose. */
  const recall = ({ judge }: Pending, digest: string): Verification | undefined => {
    for (const source of judge.sources) {
      const found = cache.find(digest, source);
      if (found === undefined) continue;
      const now = judge.recheck(source, found.lasting, clock.seconds());
      switch (now.kind) {
        case 'foreign':
          continue;
        case 'stands':
          return { kind: 'verified', identity: found.identity };
        case 'refused':
          if (isFinal(now)) cache.drop(digest, source);
          return now;
      }
    }
    return undefined;
  };

  const settle = (
    pending: Pending,
    job: Job,
    { digest, isGood, attempt }: Looked,
  ): Decision | Promise<Decision> => {
    if (!isGood && job.isKeyUnknown && !attempt.keysAreFresh) {
      const fetch = parts.refreshKeys(job.source.uid);
      if (fetch !== undefined) return afterFetch(pending, job.source, fetch, attempt);
    }
    const conclusion = job.conclude(isGood);
    const kept = (concluded: Conclusion): Decision => {
      if (concluded.kind === 'verified') keep(job.source, digest, concluded);
      return finish(pending, concluded);
    };
    return conclusion instanceof Promise ? conclusion.then(kept) : kept(conclusion);
  };

  const keep = (
    source: Source,
    digest: string | undefined,
    { identity, lasting, unspeltUser }: Extract<Conclusion, { kind: 'verified' }>,
  ): void => {
    if (unspeltUser !== undefined) parts.onUnspelt(source.id, unspeltUser);
    if (digest !== undefined && lasting !== undefined) cache.keep(digest, source, { identity, lasting });
  };

  /** Judged from the beginning, since the policy in force is another one when the keys have changed. */
  const afterFetch = async (
    pending: Pending,
    source: Source,
    fetch: Promise<void>,
    { client }: Attempt,
  ): Promise<Decision> => {
    const isOver = await within(clock, KEY_WAIT, fetch);
    return isOver
      ? judge(pending.request, { client, keysAreFresh: true })
      : finish(pending, { kind: 'refused', ...KEYS_UNAVAILABLE, source: source.id });
  };

  return (request, client) => {
    const failed = (error: unknown): Decision => {
      parts.onError(error);
      return internalError(request);
    };
    try {
      const decision = judge(request, { client, keysAreFresh: false });
      return decision instanceof Promise ? decision.catch(failed) : decision;
    } catch (error) {
      return failed(error);
    }
  };
}

/** True for what time does not mend. */
function isFinal({ reason }: CredentialRefusal): boolean {
  return reason === 'token_expired' || reason === 'token_too_old';
}

/** True if the promise settled, one way or the other, within so many milliseconds. */
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
