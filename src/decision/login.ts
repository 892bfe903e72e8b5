/** The redirect of browsers to a login page, in place of a 401 that a login would cure. */

import { normalizeHost } from '../matching/hosts.ts';
import type { LoginPolicy } from '../policy/answers.ts';
import type { CredentialPolicy } from '../policy/policy.ts';
import { tokensAt } from './credentials.ts';
import type { CheckRequest, HeaderPair } from './decision.ts';
import type { Reason } from './reasons.ts';
import { saysGrpc, splitPath } from './request.ts';

export interface PreparedLogin {
  /** Of the URL of the login page, what stands before the URL that was asked for, and behind it. */
  readonly before: string;
  readonly after: string;
  /** The login page without query and fragment, or as far as it is the same for every request. */
  readonly page: string;
  readonly isWholePage: boolean;
  /** By the host, as a Host header names it: normalised, with or without the port where it is the scheme's own. */
  readonly origins: ReadonlyMap<string, string>;
}

const PLACE = '{url}';

export function prepareLogin({ url, origins }: LoginPolicy): PreparedLogin {
  const at = url.indexOf(PLACE);
  const [page = ''] = url.split(/[?#{]/, 1);
  const hasPath = page.indexOf('/', page.indexOf('//') + 2) > 0;
  return {
    before: url.slice(0, at),
    after: url.slice(at + PLACE.length),
    page: hasPath ? page : `${page}/`,
    isWholePage: page.length < at,
    origins: new Map(origins.flatMap((origin) => hostsOf(origin).map((host) => [host, origin] as const))),
  };
}

function hostsOf(origin: string): readonly string[] {
  const [scheme = '', host = ''] = origin.split('://');
  return /:\d+$/.test(host) ? [host] : [host, `${host}:${scheme === 'https' ? 443 : 80}`];
}

/**
 * Refusals that somebody who logs in again gets rid of. With any other 401 a login would bring another token like the one
 * that was refused, and the browser would be sent round and round: tokens of another issuer, audience or type, or of a
 * clock that is wrong. A stronger or fresher login (`authentication_insufficient`) has to be asked for in words that a
 * login page does not get by a URL: without them the provider remembers the user, and nothing changes.
 */
const CURED_BY_LOGIN: ReadonlySet<Reason> = new Set([
  'token_missing',
  'token_expired',
  'token_too_old',
  // A provider keeps no old keys for tokens of old sessions.
  'key_unknown',
]);

/** Characters of `Location`: servers take no longer request line. */
export const MAX_LOCATION = 8192;

/**
 * The URL that a browser is sent to; undefined: it gets the refusal. Scheme, host and port of the URL that was asked for are
 * the author's own words, never the request's.
 */
export function loginUrl(
  login: PreparedLogin,
  credentials: readonly CredentialPolicy[],
  request: CheckRequest,
  reason: Reason,
): string | undefined {
  if (!CURED_BY_LOGIN.has(reason) || !isNavigation(request)) return undefined;
  const { before, after, page, isWholePage, origins } = login;
  const origin = origins.get(hostOf(request.host));
  const target = splitPath(request.pathAndQuery);
  if (origin === undefined || target === undefined) return undefined;
  // Who comes back to the same URL brings the same token.
  const hasToken = credentials.some(
    (place) => place.in === 'Query' && tokensAt(place, request.headers, target.query).length > 0,
  );
  if (hasToken) return undefined;
  const asked = origin + target.path;
  // A login page that is guarded itself would send to itself.
  if (isWholePage ? asked === page : asked.startsWith(page)) return undefined;
  const whole = origin + request.pathAndQuery;
  // Encoded it is no shorter, and to encode the longest path takes many times as long as all else.
  if (before.length + whole.length + after.length > MAX_LOCATION) return undefined;
  const location = before + percentEncoded(whole) + after;
  return location.length > MAX_LOCATION ? undefined : location;
}

/** The answer that sends a browser there. Its URL is another one for each request, and holds the query. */
export const redirectTo = (
  location: string,
): { readonly status: number; readonly headers: readonly HeaderPair[]; readonly body: string } => ({
  status: 302,
  headers: [
    ['location', location],
    ['cache-control', 'no-store'],
  ],
  body: '',
});

/**
 * A page that a browser opens, not what a page asks for (Fetch Metadata). Older browsers, and all over http, say it by Accept
 * alone; scripts that accept pages give themselves away by what no opened page has.
 */
function isNavigation({ method, headers }: CheckRequest): boolean {
  if (method !== 'GET' || saysGrpc(headers['content-type'])) return false;
  const mode = headers['sec-fetch-mode'];
  if (mode !== undefined) return mode === 'navigate';
  if (headers.origin !== undefined || headers['x-requested-with'] !== undefined) return false;
  return /^\s*text\/html\s*(?:[;,]|$)/i.test(headers.accept ?? '');
}

function hostOf(raw: string): string {
  const named = normalizeHost(raw);
  if (named.kind === 'malformed') return '';
  return named.port === undefined ? named.host : `${named.host}:${named.port}`;
}

/** All but the unreserved characters (RFC 3986 section 2.3): nothing is left that a login page could misread. */
const percentEncoded = (url: string): string =>
  encodeURIComponent(url).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
