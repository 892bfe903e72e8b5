/** A bounded GET: one deadline over everything, redirects by hand, every address judged before it is used. */

import { type FetchFailed, fetchFailed } from './errors.ts';
import { type ExchangeOptions, exchange, type Received } from './exchange.ts';
import { explainTimeout, type Progress } from './failures.ts';
import { type AddressLookup, sharedLookup } from './lookup.ts';
import type { Environment } from './proxy.ts';
import {
  type FetchTarget,
  parseRedirect,
  parseTarget,
  refuseDowngrade,
  showUrl,
  type UrlRules,
} from './target.ts';

export interface FetchRules extends UrlRules {
  /** Where HTTP_PROXY, HTTPS_PROXY and NO_PROXY are looked up. */
  readonly environment: Environment;
  /** Absent = the system's. */
  readonly lookup?: AddressLookup;
}

export interface GetRequest {
  readonly url: string;
  /** Names the URL in messages, such as `keys.jwksURI`. */
  readonly what: string;
  /** The URL of the document that named this one: the step from there is judged like a redirect. */
  readonly from?: string;
  /** Seconds, over DNS, connecting, TLS, all redirects and the whole body; more than 30 count as 30. */
  readonly timeout: number;
  /** Called with the bytes of a body that have come so far. */
  readonly onBytes?: (count: number) => void;
  /** PEM certificates to trust instead of the system's. */
  readonly certificateAuthorities: string | undefined;
  /** Ends the exchange early. */
  readonly signal: AbortSignal;
}

export type GetOutcome = Received | FetchFailed;
/** Every failure is a value: it rejects only for a bug. */
export type Get = (request: GetRequest) => Promise<GetOutcome>;

const MAX_REDIRECTS = 3;
/** Seconds: a provider that hangs takes a place that other fetches wait for. */
const MAX_TIMEOUT = 30;

/** Makes the one function that calls identity providers. No spec can loosen its rules. */
export function createGet(rules: FetchRules): Get {
  const lookup = sharedLookup(rules.lookup);
  return async (request) => {
    const deadline = new AbortController();
    const timeout = Math.min(request.timeout, MAX_TIMEOUT);
    const timer = setTimeout(() => deadline.abort(), timeout * 1000);
    const signal = AbortSignal.any([deadline.signal, request.signal]);
    let progress: Progress | undefined;
    const onProgress = (reached: Progress) => {
      progress = reached;
    };
    try {
      return await follow(request, { ...rules, lookup, signal, onProgress });
    } catch (error) {
      if (request.signal.aborted)
        return fetchFailed('REQUEST_TIMEOUT', `${request.what} is no longer wanted.`);
      if (!deadline.signal.aborted) throw error;
      const asked = URL.parse(request.url);
      if (asked === null) throw error;
      const { stage, url, proxy } = progress ?? { stage: 'lookup', url: asked, proxy: undefined };
      return explainTimeout({ stage, url, proxy }, asked, timeout);
    } finally {
      clearTimeout(timer);
    }
  };
}

/** All that an exchange needs, but for what differs from one source to the next. */
type Surroundings = Omit<ExchangeOptions, 'certificateAuthorities' | 'onBytes'> & UrlRules;

async function follow(request: GetRequest, surroundings: Surroundings): Promise<GetOutcome> {
  const { certificateAuthorities, onBytes = () => undefined } = request;
  const options = { ...surroundings, certificateAuthorities, onBytes };
  let target = firstTarget(request, surroundings);
  for (let redirects = 0; target.kind === 'target'; redirects++) {
    const { url } = target;
    const answer = await exchange(url, options);
    if (answer.kind !== 'redirect') return answer;
    if (redirects === MAX_REDIRECTS) {
      return fetchFailed(
        'REMOTE_HOST_RESPONDED_WITH_ERROR',
        `${request.what} was redirected more than ${MAX_REDIRECTS} times, the last time by ${url.host}; ` +
          'use the address where the document is.',
      );
    }
    target = parseRedirect(answer.location, `A redirect from ${showUrl(url)}`, url, surroundings);
  }
  return target;
}

function firstTarget({ url, what, from }: GetRequest, rules: UrlRules): FetchTarget {
  const target = parseTarget(url, what, rules);
  const base = from === undefined ? null : URL.parse(from);
  return base === null ? target : refuseDowngrade(target, what, base);
}
