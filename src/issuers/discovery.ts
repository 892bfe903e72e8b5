/** Discovery: where a provider's metadata stands, whether they are its own, and which key set they name. */

import type { JsonObject } from '../base/json.ts';
import type { KeyLocation } from '../keys/plan.ts';
import { parseDocument } from './document.ts';
import { type FetchFailed, fetchFailed } from './errors.ts';
import type { GetOutcome } from './http.ts';
import { showUrl } from './target.ts';

export type DiscoveryLocation = Extract<KeyLocation, { readonly kind: 'discovery' }>;

/** A GET with the source's timeout, authorities and signal already in it. */
export type BoundGet = (request: {
  readonly url: string;
  readonly what: string;
  readonly from?: string;
}) => Promise<GetOutcome>;

export type DiscoveryOutcome =
  | { readonly kind: 'discovered'; readonly jwksURI: string; readonly documentURL: string }
  | FetchFailed;

const TENANT = '{tenantid}';
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Reads the metadata document (OpenID Connect Discovery 1.0 section 4, RFC 8414 section 3), the second
 * well-known place only where the first has nothing.
 */
export async function discover(location: DiscoveryLocation, get: BoundGet): Promise<DiscoveryOutcome> {
  const places = documentPlaces(location);
  if (places.kind === 'failed') return places;
  const { what, urls } = places;
  for (const url of urls) {
    const received = await get({ url, what });
    if (received.kind === 'ok') {
      const parsed = parseDocument(received, shown(url));
      return parsed.kind === 'failed' ? parsed : readMetadata(parsed.document, url, location);
    }
    if (received.status !== 404 || urls.length === 1) return received;
  }
  return fetchFailed(
    'REMOTE_HOST_RESPONDED_WITH_ERROR',
    `There is a document neither at ${urls.map(shown).join(' nor at ')} (status 404); ` +
      'check the issuer, or set keys.discoveryURL or keys.jwksURI.',
    404,
  );
}

type Places =
  | { readonly kind: 'places'; readonly what: string; readonly urls: readonly string[] }
  | FetchFailed;

/** The addresses to try, in order. */
function documentPlaces({ issuer, url, tenants }: DiscoveryLocation): Places {
  if (url !== undefined) return { kind: 'places', what: 'keys.discoveryURL', urls: [url] };
  // A document for many tenants stands under `common`, Entra ID's name for all of them.
  const tenant = tenants !== '*' && tenants.length === 1 ? tenants[0] : undefined;
  const base = URL.parse(issuer.replace(TENANT, tenant ?? 'common'));
  if (base === null || base.search !== '' || base.hash !== '' || !/^https?:$/.test(base.protocol)) {
    return fetchFailed(
      'URL_INVALID',
      'The issuer is no https:// URL that a well-known path fits on; set keys.discoveryURL or keys.jwksURI.',
    );
  }
  const path = base.pathname.replace(/\/+$/, '');
  const at = (pathname: string) => {
    const place = new URL(base);
    place.pathname = pathname;
    return place.href;
  };
  return {
    kind: 'places',
    what: 'The discovery address of the issuer',
    urls: [
      at(`${path}/.well-known/openid-configuration`),
      at(`/.well-known/oauth-authorization-server${path}`),
    ],
  };
}

function readMetadata(document: JsonObject, url: string, location: DiscoveryLocation): DiscoveryOutcome {
  const problem = issuerProblem(document.issuer, location);
  if (problem !== undefined) {
    return fetchFailed('COULD_NOT_PARSE_CONFIG', `The document at ${shown(url)} ${problem}`);
  }
  const { jwks_uri: jwksURI } = document;
  if (typeof jwksURI !== 'string' || jwksURI === '') {
    return fetchFailed(
      'MISSING_JWKS',
      `The document at ${shown(url)} names no jwks_uri; set keys.jwksURI if the key set stands elsewhere.`,
    );
  }
  return { kind: 'discovered', jwksURI, documentURL: url };
}

/**
 * RFC 8414 section 3.3: metadata of another issuer must not be used, or any provider could speak for any.
 * Undefined = it is this issuer's own; else completes "the document …".
 */
function issuerProblem(issuer: unknown, location: DiscoveryLocation): string | undefined {
  if (typeof issuer !== 'string') return 'names no issuer; is it a discovery document?';
  if (isExpected(issuer, location)) return undefined;
  const withoutSlash = (text: string) => text.replace(/\/$/, '');
  return withoutSlash(issuer) === withoutSlash(location.issuer)
    ? "names this issuer with another end: a slash there counts, so spell spec.jwt.issuer as the document's issuer is."
    : "is another issuer's: its issuer must be spec.jwt.issuer exactly; compare the two, or set keys.discoveryURL.";
}

function isExpected(issuer: string, { issuer: expected, tenants }: DiscoveryLocation): boolean {
  if (issuer === expected) return true;
  const [prefix = '', suffix] = expected.split(TENANT);
  if (suffix === undefined || !issuer.startsWith(prefix) || !issuer.endsWith(suffix)) return false;
  const tenant = issuer.slice(prefix.length, issuer.length - suffix.length).toLowerCase();
  return GUID.test(tenant) && (tenants === '*' || tenants.includes(tenant));
}

function shown(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? 'the discovery address' : showUrl(parsed);
}
