/** Leads a request to its Decision, over either protocol: token cache, verification, and fetches for unknown keys. */

import type { Clock } from '../base/clock.ts';
import { internalError } from '../decision/answers.ts';
import { begin, type Pending } from '../decision/begin.ts';
import type { CheckRequest, Decision } from '../decision/decision.ts';
import type { Enforcer } from '../decision/enforcer.ts';
import { finish } from '../decision/finish.ts';
import type { MadeFrom } from '../explain/made.ts';
import type { Source } from '../sources/kind.ts';
import { KEYS_UNAVAILABLE, type Verification } from '../sources/verification.ts';
import { createVerify, type Verified, type VerifyParts } from './verify.ts';

/**
 * Decides about a request. Returns the decision at once for cached tokens and cheap signatures. Never throws and never
 * rejects. `client` is the caller's address; undefined = unknown. `told` gets what it is made from.
 */
export type Authorize = (
  request: CheckRequest,
  client?: string,
  told?: DecisionNote,
) => Decision | Promise<Decision>;

/** A place for what a decision was made from, for whoever judges the request again. */
export type DecisionNote = { -readonly [K in keyof MadeFrom]: MadeFrom[K] };

export const newNote = (): DecisionNote => ({ judgedBy: undefined, verified: undefined, at: 0 });

export interface AuthorizerParts extends VerifyParts {
  /** The policy in force; undefined = none received yet. */
  readonly enforcer: () => Enforcer | undefined;
  /**
   * Asks for a source's keys anew. Resolves once the fetch is over and its outcome in force; undefined when
   * the source was asked too lately.
   */
  readonly refreshKeys: (sourceUid: string) => Promise<void> | undefined;
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
  readonly told: DecisionNote | undefined;
}

export function createAuthorizer(parts: AuthorizerParts): Authorize {
  const { clock } = parts;
  const verify = createVerify(parts);

  const decide = (request: CheckRequest, attempt: Attempt): Decision | Promise<Decision> => {
    const enforcer = parts.enforcer();
    const { told } = attempt;
    if (told !== undefined) {
      told.judgedBy = enforcer;
      told.at = clock.seconds();
    }
    const begun = begin(enforcer, request);
    if (begun.kind === 'decided') return begun.decision;
    const { pending } = begun;
    const verified = verify(pending, attempt.client);
    return verified instanceof Promise
      ? verified.then((settled) => decideBy(enforcer, pending, settled, attempt))
      : decideBy(enforcer, pending, verified, attempt);
  };

  const decideBy = (
    enforcer: Enforcer | undefined,
    pending: Pending,
    verified: Verified,
    attempt: Attempt,
  ): Decision | Promise<Decision> => {
    if (verified.kind !== 'unsure') return end(pending, verified, attempt);
    // While the signature waited in the queue, a policy came whose keys may be the ones that were missed.
    if (enforcer !== parts.enforcer()) return decide(pending.request, attempt);
    const { refusal, source } = verified;
    const fetch = attempt.keysAreFresh ? undefined : parts.refreshKeys(source.uid);
    return fetch === undefined
      ? end(pending, refusal, attempt)
      : decideAfterFetch(pending, source, fetch, attempt);
  };

  const end = (pending: Pending, verification: Verification, { told }: Attempt): Decision => {
    const now = clock.seconds();
    if (told !== undefined) told.verified = { pending, verification, now };
    return finish(pending, verification, now);
  };

  /** Decides from the beginning: the policy in force is another one when the keys have changed. */
  const decideAfterFetch = async (
    pending: Pending,
    source: Source,
    fetch: Promise<void>,
    attempt: Attempt,
  ): Promise<Decision> => {
    const isOver = await within(clock, KEY_WAIT, fetch);
    return isOver
      ? decide(pending.request, { ...attempt, keysAreFresh: true })
      : end(pending, { kind: 'refused', ...KEYS_UNAVAILABLE, source: source.id }, attempt);
  };

  return (request, client, told) => {
    const failed = (error: unknown): Decision => {
      parts.onError(error);
      return internalError(request);
    };
    try {
      const decision = decide(request, { client, keysAreFresh: false, told });
      return decision instanceof Promise ? decision.catch(failed) : decision;
    } catch (error) {
      return failed(error);
    }
  };
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
