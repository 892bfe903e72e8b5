/** Which issuers a source speaks for, and whether two sources of one binding claim the same. */

import type { EffectiveJwt } from '../../resources/effective.ts';
import type { TenantIssuer } from '../../sources/jwt/policy.ts';
import type { Issue } from '../issues.ts';

/** Neither issuers nor a template: the source takes tokens of any issuer. */
export interface IssuerClaims {
  /** namespace/name. */
  readonly source: string;
  readonly issuers: readonly string[];
  readonly tenantIssuer: TenantIssuer | undefined;
}

const PLACEHOLDER = '{tenantid}';

export function issuerClaims(source: string, jwt: EffectiveJwt): IssuerClaims {
  const { issuer, acceptedIssuers, tenants } = jwt;
  const at = issuer?.indexOf(PLACEHOLDER) ?? -1;
  if (issuer === undefined || at < 0) {
    return { source, issuers: unique([issuer, ...acceptedIssuers]), tenantIssuer: undefined };
  }
  const tenantIssuer = {
    prefix: issuer.slice(0, at),
    suffix: issuer.slice(at + PLACEHOLDER.length),
    tenants: tenants === '*' ? tenants : unique(tenants),
  };
  return { source, issuers: unique(acceptedIssuers), tenantIssuer };
}

/** RFC 8414 section 2: https without query and fragment, and http on this machine alone. */
const ISSUER_URL =
  /^(https:\/\/[^/?#@\s]+|http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?)(\/[^?#\s]*)?$/;

/** A template for tenants names no server, and neither does an issuer that is no URL. */
export function authorizationServer({ issuer }: EffectiveJwt): string | undefined {
  return issuer !== undefined && ISSUER_URL.test(issuer) && !issuer.includes(PLACEHOLDER)
    ? issuer
    : undefined;
}

export function duplicateIssues(sources: readonly IssuerClaims[]): readonly Issue[] {
  const duplicate = duplicateClaim(sources);
  if (duplicate === undefined) return [];
  const { first, second, issuer } = duplicate;
  return [
    {
      reason: 'IssuerDuplicate',
      field: 'spec.sources',
      message: `${first} and ${second} both claim ${issuer}, so that a token's source cannot be told`,
      remedy: 'keep one of them, or give each an issuer of its own',
    },
  ];
}

export interface DuplicateClaim {
  readonly first: string;
  readonly second: string;
  /** What both claim, for people. */
  readonly issuer: string;
}

/**
 * The first pair that claims one issuer. A template for any tenant beside an exact issuer is no such pair:
 * exact issuers are looked at first, so that every token has one source all the same.
 */
export function duplicateClaim(sources: readonly IssuerClaims[]): DuplicateClaim | undefined {
  for (const [i, second] of sources.entries()) {
    for (const first of sources.slice(0, i)) {
      const issuer = sharedIssuer(first, second);
      if (issuer !== undefined) return { first: first.source, second: second.source, issuer };
    }
  }
  return undefined;
}

function sharedIssuer(a: IssuerClaims, b: IssuerClaims): string | undefined {
  if (isOpen(a) && isOpen(b)) return 'any issuer, for they name none';
  return (
    a.issuers.find((issuer) => b.issuers.includes(issuer) || namesTenant(b.tenantIssuer, issuer)) ??
    b.issuers.find((issuer) => namesTenant(a.tenantIssuer, issuer)) ??
    sharedTemplate(a.tenantIssuer, b.tenantIssuer)
  );
}

function isOpen({ issuers, tenantIssuer }: IssuerClaims): boolean {
  return issuers.length === 0 && tenantIssuer === undefined;
}

function namesTenant(template: TenantIssuer | undefined, issuer: string): boolean {
  if (template === undefined || template.tenants === '*') return false;
  const { prefix, suffix, tenants } = template;
  return tenants.some((tenant) => issuer.toLowerCase() === `${prefix}${tenant}${suffix}`.toLowerCase());
}

function sharedTemplate(a: TenantIssuer | undefined, b: TenantIssuer | undefined): string | undefined {
  if (a === undefined || b === undefined || a.prefix !== b.prefix || a.suffix !== b.suffix) return undefined;
  const { tenants } = b;
  const overlap =
    a.tenants === '*' || tenants === '*' || a.tenants.some((tenant) => tenants.includes(tenant));
  return overlap ? `${a.prefix}${PLACEHOLDER}${a.suffix}` : undefined;
}

function unique(texts: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(texts.filter((text) => text !== undefined))];
}
