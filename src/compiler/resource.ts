/** An API as an OAuth resource: which audiences its tokens may name (RFC 8707), and the metadata that it serves (RFC 9728). */

import { hostMatches, normalizeHost } from '../matching/hosts.ts';
import type { RulePolicy } from '../policy/policy.ts';
import type { ResourcePolicy } from '../policy/resource.ts';
import type { ApiBinding, ApiBindingCredential, ApiBindingResource } from '../resources/types.gen.ts';
import type { Issue } from './issues.ts';
import { toldScopes } from './told-scopes.ts';

/** Where its metadata is served. */
export interface MetadataPlace {
  /** Normalised, without a port. */
  readonly host: string;
  readonly path: string;
}

/** RFC 9728 section 3. */
const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/** The schema has seen that it is a URL in its normal form, without query and fragment. */
function split(identifier: string): {
  readonly origin: string;
  readonly host: string;
  readonly path: string;
} {
  const [, origin = '', authority = '', path = ''] = /^([a-z]+:\/\/([^/]*))(.*)$/.exec(identifier) ?? [];
  const named = normalizeHost(authority);
  // RFC 9728 section 3.1: of the slash right behind the host nothing is left.
  return { origin, host: named.kind === 'host' ? named.host : authority, path: path === '/' ? '' : path };
}

/** Undefined where none is served. */
export function metadataPlace({ resource }: ApiBinding['spec']): MetadataPlace | undefined {
  if (resource?.metadata !== 'Serve') return undefined;
  const { host, path } = split(resource.identifier);
  return { host, path: WELL_KNOWN + path };
}

/** The URL that challenges name (RFC 9728 section 5.1); '' = none. */
export function metadataUrl({ resource, resourceMetadata }: ApiBinding['spec']): string {
  if (resource?.metadata !== 'Serve') return resourceMetadata;
  const { origin, path } = split(resource.identifier);
  return origin + WELL_KNOWN + path;
}

/**
 * @param issuers those of the sources that are there and permit the binding, in its own order.
 * @param rules of which the scopes are told where the author names none.
 */
export function resourcePolicy(
  { spec }: ApiBinding,
  issuers: readonly string[],
  rules: readonly RulePolicy[],
): ResourcePolicy | undefined {
  const { resource } = spec;
  if (resource === undefined) return undefined;
  const place = metadataPlace(spec);
  const members = {
    resource: resource.identifier,
    authorization_servers: unique(issuers),
    scopes_supported:
      resource.scopes ??
      toldScopes(rules, spec.mcp === undefined ? undefined : split(resource.identifier).path || '/'),
    bearer_methods_supported: bearerMethods(spec.credentials),
    resource_name: resource.name,
    resource_documentation: resource.documentation,
  };
  return {
    audiences: unique([...spellings(resource), ...(resource.audiences ?? [])]),
    ...(place !== undefined && { metadata: { ...place, body: JSON.stringify(withoutEmpty(members)) } }),
  };
}

/**
 * Without a path, some clients ask for a token with a slash at the end, and some without: both are this resource. With a
 * path the slash makes another one.
 */
function spellings({ identifier }: ApiBindingResource): readonly string[] {
  const { origin, path } = split(identifier);
  return path === '' ? [identifier, origin, `${origin}/`] : [identifier];
}

/** RFC 9728 section 3.2: what has no value is left out. */
const withoutEmpty = (members: Readonly<Record<string, string | readonly string[] | undefined>>): object =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value.length > 0));

/** RFC 6750 section 2: a token in another header or in a cookie has no name there. */
function bearerMethods(credentials: readonly ApiBindingCredential[]): readonly string[] {
  const isIn = (place: ApiBindingCredential['in'], name: string, scheme?: string): boolean =>
    credentials.some(
      (one) =>
        one.in === place &&
        (place === 'Header' ? one.name.toLowerCase() : one.name) === name &&
        one.scheme?.toLowerCase() === scheme,
    );
  return [
    ...(isIn('Header', 'authorization', 'bearer') ? ['header'] : []),
    ...(isIn('Query', 'access_token') ? ['query'] : []),
  ];
}

/** What is allowed, and seldom meant. @param hosts of the binding; empty = any. */
export function resourceIssues({ spec }: ApiBinding, hosts: readonly string[]): readonly Issue[] {
  const { resource } = spec;
  if (resource === undefined) return [];
  const { host, path } = split(resource.identifier);
  const field = 'spec.resource.identifier';
  return [
    ...(path.endsWith('/')
      ? [
          {
            reason: 'ResourceTrailingSlash',
            field,
            message:
              'it ends in a slash, which many clients leave out: their tokens would be for another resource',
            remedy: 'leave the slash out, unless the API is called with it',
          } as const,
        ]
      : []),
    ...(hostMatches(hosts, host)
      ? []
      : [
          {
            reason: 'ResourceHostUnguarded',
            field,
            message: `its host ${host} is none of spec.hosts, so that no request for it is judged here`,
            remedy: 'add the host to spec.hosts, or correct one of them',
          } as const,
        ]),
  ];
}

/** Of metadata without an authorization server: a client cannot tell where to get a token. */
export const NO_AUTHORIZATION_SERVER: Issue = {
  reason: 'ResourceWithoutIssuer',
  field: 'spec.resource.metadata',
  message:
    'the metadata names no authorization server: no source of the binding has an issuer that is one https URL',
  remedy: 'name the issuer in the source, or say metadata: None',
};

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
