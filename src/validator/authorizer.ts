/** The one way from a request to its Decision, whichever protocol brought the request. */

import type { Clock } from '../base/clock.ts';
import { internalError } from '../decision/answers.ts';
import { begin, type Pending } from '../decision/begin.ts';
import type { CheckRequest, Decision } from '../decision/decision.ts';
import type { Enforcer } from '../decision/enforcer.ts';
import { finish } from '../decision/finish.ts';
import { unspeltUser } from '../token/identity.ts';
import { inspect, keysUnavailable, type VerificationJob } from '../token/inspect.ts';
import { chooseSource } from '../token/issuer.ts';
import { MAX_TOKEN_LENGTH } from '../token/jws.ts';
import type { PreparedSource } from '../token/source.ts';
import type { TokenRefusal, Verification } from '../token/verification.ts';
import { conclude, recheck, verifyJob } from '../token/verify.ts';
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

/** What is known of a token once its signature has been looked at. */
interface Looked {
  /** Undefined: the token is not worth one. */
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
    const digest = pending.token.length > MAX_TOKEN_LENGTH ? undefined : tokenDigest(pending.token);
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
    const inspection = inspect(pending.token, pending.candidates, clock.seconds());
    if (inspection.kind === 'refused') {
      const { refusal, refresh } = inspection;
      if (refresh === undefined || attempt.keysAreFresh) return finish(pending, refusal);
      const fetch = parts.refreshKeys(refresh.policy.uid);
      return fetch === undefined ? finish(pending, refusal) : afterFetch(pending, refresh, fetch, attempt);
    }
    const { job } = inspection;
    const settled = (isGood: boolean) => settle(pending, job, { digest, isGood, attempt });
    if (!job.isDear) return settled(verifyJob(job));
    const overloaded = () => finish(pending, { kind: 'overloaded', source: job.source.policy.id });
    const queued = queue.submit(job, {
      namespace: namespaceOf(pending.binding.policy.id),
      source: job.source.policy.uid,
      client: clientNetwork(attempt.client),
    });
    if (queued === undefined) return overloaded();
    return queued.then((isGood) => (isGood === undefined ? overloaded() : settled(isGood)));
  };

  /** Another binding may have cached the token for a source that this binding would not choose. */
  const recall = ({ candidates }: Pending, digest: string): Verification | undefined => {
    for (const source of candidates.list) {
      const found = cache.find(digest, source);
      if (found === undefined) continue;
      const { iss } = found.lasting;
      const chosen = chooseSource(candidates, typeof iss === 'string' ? iss : undefined, found.lasting);
      if (chosen !== source) continue;
      const refusal = recheck({ claims: found.lasting }, source, clock.seconds());
      if (refusal === undefined) return { kind: 'verified', identity: found.identity };
      if (isFinal(refusal)) cache.drop(digest, source);
      return refusal;
    }
    return undefined;
  };

  const settle = (
    pending: Pending,
    job: VerificationJob,
    { digest, isGood, attempt }: Looked,
  ): Decision | Promise<Decision> => {
    if (!isGood && job.isKidUnknown && !attempt.keysAreFresh) {
      const fetch = parts.refreshKeys(job.source.policy.uid);
      if (fetch !== undefined) return afterFetch(pending, job.source, fetch, attempt);
    }
    const verification = conclude(job, isGood);
    if (verification.kind === 'verified') {
      const unspelt = unspeltUser(job.jws.claims, job.source);
      if (unspelt !== undefined) parts.onUnspelt(job.source.policy.id, unspelt);
      if (digest !== undefined) cache.keep(digest, job.source, verification.identity);
    }
    return finish(pending, verification);
  };

  /** Judged from the beginning, since the policy in force is another one when the keys have changed. */
  const afterFetch = async (
    pending: Pending,
    source: PreparedSource,
    fetch: Promise<void>,
    { client }: Attempt,
  ): Promise<Decision> => {
    const isOver = await within(clock, KEY_WAIT, fetch);
    return isOver
      ? judge(pending.request, { client, keysAreFresh: true })
      : finish(pending, keysUnavailable(source));
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
function isFinal({ reason }: TokenRefusal): boolean {
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
