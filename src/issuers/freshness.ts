/** When keys are fetched again: after a good fetch (RFC 9111 section 4.2), and after a failed one. Pure. */

import { backoffDelay } from '../base/backoff.ts';
import type { FetchPlan } from '../keys/plan.ts';
import type { ResponseHeaders } from './exchange.ts';

export type Intervals = Pick<FetchPlan, 'refreshInterval' | 'retryInterval' | 'maxStale'>;

/** What headers may shorten the interval to, and lengthen it to. In seconds. */
const SHORTEST = 60;
const LONGEST = 24 * 60 * 60;
/** Keeps a plan of no time at all from becoming a storm, and every delay within what a timer takes. */
const MIN_DELAY_MS = 100;
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * Milliseconds until the next fetch after a good one: `refreshInterval`, or what the answer's headers say
 * within 1 minute and 24 hours. Never over half of `maxStale`, so that there is time for retries before the
 * keys are too old.
 *
 * @param now milliseconds since 1970.
 */
export function refreshDelay(intervals: Intervals, headers: ResponseHeaders, now: number): number {
  const { refreshInterval, maxStale } = intervals;
  const lifetime = freshnessLifetime(headers, now);
  const shortest = Math.min(SHORTEST, refreshInterval);
  const longest = Math.max(LONGEST, refreshInterval);
  const wanted = lifetime === undefined ? refreshInterval : Math.min(Math.max(lifetime, shortest), longest);
  return withinTimer(Math.min(wanted, maxStale / 2) * 1000);
}

/**
 * Milliseconds until the next attempt after failed ones: `retryInterval`, doubled with each further failure up
 * to `refreshInterval`. Jitter takes up to half of it away, so that sources that failed together do not come
 * back together.
 *
 * @param failures how many there were in a row, this one included.
 * @param random from 0 to 1.
 */
export function fetchRetryDelay(intervals: Intervals, failures: number, random: number): number {
  const { refreshInterval, retryInterval, maxStale } = intervals;
  const backoff = {
    baseMilliseconds: retryInterval * 1000,
    maxMilliseconds: Math.min(refreshInterval, maxStale / 2) * 1000,
  };
  return withinTimer(backoffDelay(backoff, failures, random));
}

const withinTimer = (milliseconds: number): number =>
  Math.min(Math.max(Math.round(milliseconds), MIN_DELAY_MS), MAX_DELAY_MS);

/** Seconds that the answer is still fresh, 0 at least; undefined where its headers do not say. */
function freshnessLifetime(headers: ResponseHeaders, now: number): number | undefined {
  const directives = cacheDirectives(headers['cache-control'] ?? '');
  if (directives.has('no-store') || directives.has('no-cache')) return 0;
  const maxAge = seconds(directives.get('max-age'));
  const lifetime = maxAge ?? untilExpiry(headers, now);
  return lifetime === undefined ? undefined : Math.max(lifetime - (seconds(headers.age) ?? 0), 0);
}

/** An `Expires` that is no date, as in `Expires: 0`, is in the past (RFC 9111 section 5.3). */
function untilExpiry(headers: ResponseHeaders, now: number): number | undefined {
  if (headers.expires === undefined) return undefined;
  const expires = Date.parse(headers.expires);
  const sent = Date.parse(headers.date ?? '');
  return Number.isNaN(expires) ? 0 : (expires - (Number.isNaN(sent) ? now : sent)) / 1000;
}

/** Directive → argument, names in lower case; of a repeated one the first counts. */
function cacheDirectives(header: string): ReadonlyMap<string, string> {
  const directives = new Map<string, string>();
  for (const [, name = '', quoted, plain] of header.matchAll(DIRECTIVE)) {
    const key = name.toLowerCase();
    const argument = quoted ?? plain ?? '';
    // `no-cache="set-cookie"` speaks of that header field, not of the answer.
    if (!directives.has(key) && !(key === 'no-cache' && argument !== '')) directives.set(key, argument);
  }
  return directives;
}

const DIRECTIVE = /([a-z-]+)(?:=(?:"([^"]*)"|([^\s,;"]*)))?/gi;

/** RFC 9111 section 1.2.2: what is too large to be held counts as 2^31. */
const MAX_SECONDS = 2 ** 31;

function seconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Math.min(Number(text), MAX_SECONDS) : undefined;
}
