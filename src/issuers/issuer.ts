/** One source's keys, kept fresh: fetched, refreshed, retried, and looked up again for an unknown kid. */

import type { Clock } from '../base/clock.ts';
import type { FetchPlan } from '../keys/plan.ts';
import type { PublicJwk } from '../policy/policy.ts';
import { type FetchFailed, fetchFailed, type IssuerError, type IssuerErrorCode } from './errors.ts';
import { fetchRetryDelay, refreshDelay } from './freshness.ts';
import type { Get } from './http.ts';
import { type FetchedKeySet, fetchKeySet, type OnImport } from './keyset.ts';
import type { LeftOut } from './left-out.ts';
import { sameKeys } from './same-keys.ts';

/** Times are in unix seconds. */
export interface IssuerState {
  /** Undefined until the first good fetch, then never empty. The same array as long as the keys are the same. */
  readonly keys: readonly PublicJwk[] | undefined;
  /** Where they came from. */
  readonly jwksURI: string | undefined;
  /** The last good fetch: validators compare it with maxStale. */
  readonly checkedAt: number | undefined;
  /** When the keys last became others. */
  readonly changedAt: number | undefined;
  /** Of the set that was read last, those that cannot be used; absent where there are none. */
  readonly leftOut?: LeftOut | undefined;
  /** Why the last fetch failed; undefined if it did not. */
  readonly error: IssuerError | undefined;
}

export const NO_KEYS: IssuerState = {
  keys: undefined,
  jwksURI: undefined,
  checkedAt: undefined,
  changedAt: undefined,
  error: undefined,
};

export type FetchResult = 'success' | IssuerErrorCode;

export interface IssuerDeps {
  readonly get: Get;
  readonly onImport?: OnImport;
  readonly clock: Pick<Clock, 'now' | 'after'>;
  /** From 0 to 1. */
  readonly random: () => number;
  /** After every fetch, for a good one moves checkedAt. */
  readonly onChange: (state: IssuerState) => void;
  readonly onFetch: (result: FetchResult) => void;
}

export interface Issuer {
  state(): IssuerState;
  /**
   * Looks for a key that a token names and that no fetch has brought so far. Undefined within the cooldown; else a fetch, or
   * the one that is under way, which is over when the promise is. Never rejects.
   */
  refreshUnknownKey(): Promise<void> | undefined;
  /** Ends the fetch under way and all to come; nothing is called back any more. */
  stop(): void;
}

/**
 * Timers do not count the time in which a machine is suspended, and know nothing of a clock that is set on. So
 * the clock is looked at now and then. In milliseconds.
 */
const LONGEST_NAP = 30_000;

/**
 * Starts at once. Every issuer has timers and connections of its own.
 *
 * @param initial what is known from before; only ever from the same location.
 */
export function createIssuer(plan: FetchPlan, deps: IssuerDeps, initial: IssuerState = NO_KEYS): Issuer {
  const stopped = new AbortController();
  let state = initial;
  let failures = 0;
  let cancelTimer = () => {};
  let underWay: Promise<void> | undefined;
  let lastUnknownKey: number | undefined;
  /** When the keys are to be looked for from the beginning; fetches for unknown kids do not put it off. */
  let fullFetchAt = 0;

  const fetchIn = (delay: number): void => {
    const nap = Math.min(delay, LONGEST_NAP);
    const before = deps.clock.now();
    cancelTimer = deps.clock.after(nap, () => {
      // At least the nap, should the clock have been set back.
      const rest = delay - Math.max(deps.clock.now() - before, nap);
      if (rest <= 0) void start();
      else fetchIn(rest);
    });
  };

  const start = (knownURI?: string): Promise<void> => {
    cancelTimer();
    underWay ??= fetchOnce(knownURI);
    return underWay;
  };

  const fetchOnce = async (knownURI: string | undefined): Promise<void> => {
    const outcome = await fetchAll(plan, deps, knownURI, stopped.signal);
    underWay = undefined; // Before anyone hears of it: who asks then for an unknown key wants a newer answer.
    if (stopped.signal.aborted) return;
    const now = deps.clock.now();
    failures = outcome.kind === 'keys' ? 0 : failures + 1;
    const delay =
      outcome.kind === 'keys'
        ? refreshDelay(plan, outcome.headers, now)
        : fetchRetryDelay(plan, failures, deps.random());
    if (knownURI === undefined) fullFetchAt = now + delay;
    fetchIn(Math.min(delay, Math.max(fullFetchAt - now, 0)));
    state = outcome.kind === 'keys' ? withKeys(state, outcome, now) : { ...state, error: outcome.error };
    deps.onFetch(outcome.kind === 'keys' ? 'success' : outcome.error.code);
    deps.onChange(state);
  };

  const coolingDown = (): boolean => {
    if (lastUnknownKey === undefined) return false;
    const elapsed = deps.clock.now() - lastUnknownKey;
    return elapsed >= 0 && elapsed < plan.unknownKeyCooldown * 1000; // A clock set back must not shut the door for long.
  };

  void start();
  return {
    state: () => state,
    refreshUnknownKey() {
      if (stopped.signal.aborted) return undefined;
      if (underWay !== undefined) return underWay;
      if (coolingDown()) return undefined;
      lastUnknownKey = deps.clock.now(); // Before anyone knows how it ends: failures cool down as well.
      return start(state.jwksURI);
    },
    stop() {
      stopped.abort();
      cancelTimer();
    },
  };
}

/** Whatever a provider makes us stumble over is that source's failure, not the process's. */
async function fetchAll(
  plan: FetchPlan,
  { get, onImport }: Pick<IssuerDeps, 'get' | 'onImport'>,
  knownURI: string | undefined,
  signal: AbortSignal,
): Promise<FetchedKeySet | FetchFailed> {
  const { timeout, certificateAuthorities } = plan;
  try {
    return await fetchKeySet(
      plan.location,
      knownURI,
      (request) => get({ ...request, timeout, certificateAuthorities, signal }),
      onImport,
    );
  } catch (error) {
    const name = error instanceof Error ? error.name : typeof error;
    return fetchFailed(
      'COULD_NOT_PARSE_CONFIG',
      `The keys could not be read (${name}): please report this as a bug.`,
    );
  }
}

function withKeys(state: IssuerState, { keys, jwksURI, leftOut }: FetchedKeySet, now: number): IssuerState {
  const checkedAt = Math.floor(now / 1000);
  const same = state.keys !== undefined && sameKeys(state.keys, keys);
  return {
    keys: same ? state.keys : keys,
    jwksURI,
    checkedAt,
    changedAt: same ? state.changedAt : checkedAt,
    leftOut,
    error: undefined,
  };
}
