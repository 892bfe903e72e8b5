/** The redirect of browsers to a login page, in place of a 401 that a login would cure. */

import { shorten } from '../base/text.ts';
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

/** What must hold for a redirect. */
interface Asking {
  readonly login: PreparedLogin;
  readonly credentials: readonly CredentialPolicy[];
  readonly request: CheckRequest;
  readonly reason: Reason;
  /** By the host that was asked for; undefined = it is none of the author's. */
  readonly origin: string | undefined;
  readonly target: ReturnType<typeof splitPath>;
}

interface Condition {
  holds(asking: Asking): boolean;
  /** Why it does not, for people who ask; completes "No redirect: …". */
  why(asking: Asking): string;
}

/** In the order in which they are judged: a page is opened, and a login helps. */
const CONDITIONS: readonly Condition[] = [
  {
    holds: ({ reason }) => CURED_BY_LOGIN.has(reason),
    why: ({ reason }) => `another login does not cure ${reason}`,
  },
  {
    holds: ({ request }) => request.method === 'GET',
    why: ({ request }) => `the method is ${request.method}, and not GET`,
  },
  {
    holds: ({ request }) => !saysGrpc(request.headers['content-type']),
    why: () => 'it is a call of gRPC',
  },
  {
    holds: ({ request }) => isNavigation(request),
    why: ({ request }) => notOpened(request),
  },
  {
    holds: ({ origin }) => origin !== undefined,
    why: ({ login, request }) =>
      `the host ${shown(request.host)} is none of login.hosts: ${[...new Set(login.origins.values())].join(', ')}`,
  },
  {
    holds: ({ target }) => target !== undefined,
    why: () => 'the path is malformed',
  },
  {
    // Who comes back to the same URL brings the same token.
    holds: ({ credentials, request, target }) =>
      !credentials.some(
        (place) => place.in === 'Query' && tokensAt(place, request.headers, target?.query ?? '').length > 0,
      ),
    why: () => 'the token is in the query, and would come back with it',
  },
  {
    // A login page that is guarded itself would send to itself.
    holds: ({ login: { page, isWholePage }, origin = '', target }) => {
      const asked = origin + (target?.path ?? '');
      return isWholePage ? asked !== page : !asked.startsWith(page);
    },
    why: () => 'it is the login page itself',
  },
];

/** Undefined where it would be too long. */
function locationOf({ login: { before, after }, request, origin = '' }: Asking): string | undefined {
  const whole = origin + request.pathAndQuery;
  // Encoded it is no shorter, and to encode the longest path takes many times as long as all else.
  if (before.length + whole.length + after.length > MAX_LOCATION) return undefined;
  const location = before + percentEncoded(whole) + after;
  return location.length > MAX_LOCATION ? undefined : location;
}

const askingOf = (
  login: PreparedLogin,
  credentials: readonly CredentialPolicy[],
  request: CheckRequest,
  reason: Reason,
): Asking => ({
  ...{ login, credentials, request, reason },
  origin: login.origins.get(hostOf(request.host)),
  target: splitPath(request.pathAndQuery),
});

/**
 * The URL that a browser is sent to; undefined: it gets the refusal. Scheme, host and port of the URL that was asked for are
 * the author's own words, never the request's.
 */
export function loginUrl(...asked: Parameters<typeof askingOf>): string | undefined {
  const [, , { method }, reason] = asked;
  // Most are refused for these: a call of a program costs nothing more.
  if (method !== 'GET' || !CURED_BY_LOGIN.has(reason)) return undefined;
  const asking = askingOf(...asked);
  return CONDITIONS.every(({ holds }) => holds(asking)) ? locationOf(asking) : undefined;
}

/** Everything that keeps a browser from being sent there; empty where it is. For people who ask. */
export function whyNoLogin(...asked: Parameters<typeof askingOf>): readonly string[] {
  const asking = askingOf(...asked);
  const isTooLong = asking.origin !== undefined && locationOf(asking) === undefined;
  return [
    ...CONDITIONS.filter(({ holds }) => !holds(asking)).map(({ why }) => why(asking)),
    ...(isTooLong ? [`Location would be longer than ${MAX_LOCATION} characters`] : []),
  ];
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
function isNavigation({ headers }: CheckRequest): boolean {
  const mode = headers['sec-fetch-mode'];
  if (mode !== undefined) return mode === 'navigate';
  return !isOfScript(headers) && /^\s*text\/html\s*(?:[;,]|$)/i.test(headers.accept ?? '');
}

const isOfScript = (headers: CheckRequest['headers']): boolean =>
  headers.origin !== undefined || headers['x-requested-with'] !== undefined;

function notOpened({ headers }: CheckRequest): string {
  const mode = headers['sec-fetch-mode'];
  if (mode !== undefined) return `Sec-Fetch-Mode is ${shown(mode)}, and not navigate`;
  if (isOfScript(headers)) return "there is no Sec-Fetch-Mode, and Origin or X-Requested-With is a script's";
  const { accept } = headers;
  if (accept === undefined) return 'there is neither Sec-Fetch-Mode nor Accept';
  return `there is no Sec-Fetch-Mode, and Accept ${shown(accept)} does not begin with text/html`;
}

/** Characters of a header. */
const MAX_SHOWN = 80;
const shown = (text: string): string => JSON.stringify(shorten(text, MAX_SHOWN));

function hostOf(raw: string): string {
  const named = normalizeHost(raw);
  if (named.kind === 'malformed') return '';
  return named.port === undefined ? named.host : `${named.host}:${named.port}`;
}

/** All but the unreserved characters (RFC 3986 section 2.3): nothing is left that a login page could misread. */
const percentEncoded = (url: string): string =>
  encodeURIComponent(url).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
