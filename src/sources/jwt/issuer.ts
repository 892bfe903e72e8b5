/** Chooses the source that verifies a token, by its `iss`. No other source is tried. */

import type { JsonObject } from '../../base/json.ts';
import type { TenantIssuer } from './policy.ts';
import type { PreparedSource } from './source.ts';

/** The sources of one binding, arranged for the choice. */
export interface SourceIndex {
  readonly list: readonly PreparedSource[];
  readonly byIssuer: ReadonlyMap<string, PreparedSource>;
  readonly byTenant: readonly PreparedSource[];
  /** The only source that does not check `iss`. */
  readonly withoutIssuer: PreparedSource | undefined;
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** An issuer that two sources claim belongs to neither: the compiler reports it, and guessing would be wrong. */
export function indexSources(list: readonly PreparedSource[]): SourceIndex {
  const byIssuer = new Map<string, PreparedSource>();
  const claimedTwice = new Set<string>();
  for (const source of list) {
    for (const issuer of new Set(source.policy.issuers)) {
      if (byIssuer.has(issuer)) claimedTwice.add(issuer);
      byIssuer.set(issuer, source);
    }
  }
  for (const issuer of claimedTwice) byIssuer.delete(issuer);
  const open = list.filter(({ policy }) => policy.issuers.length === 0 && policy.tenantIssuer === undefined);
  return {
    list,
    byIssuer,
    byTenant: list.filter(({ policy }) => policy.tenantIssuer !== undefined),
    withoutIssuer: open.length === 1 ? open[0] : undefined,
  };
}

const templateOf = ({ prefix, suffix }: TenantIssuer): string => `${prefix}{tenantid}${suffix}`;

/** Returns the issuers of all sources, with `{tenantid}` in place of a tenant. */
export const knownIssuers = ({ list }: SourceIndex): readonly string[] =>
  list.flatMap(({ policy: { issuers, tenantIssuer } }) => [
    ...issuers,
    ...(tenantIssuer === undefined ? [] : [templateOf(tenantIssuer)]),
  ]);

/** Chooses by exact issuer, else by tenant template, else the only source without issuer. */
export function chooseSource(
  index: SourceIndex,
  issuer: string | undefined,
  claims: JsonObject,
): PreparedSource | undefined {
  if (issuer !== undefined) {
    const exact = index.byIssuer.get(issuer);
    if (exact !== undefined) return exact;
    const fitting = index.byTenant.filter(
      ({ policy }) =>
        policy.tenantIssuer !== undefined && fitsTenant(policy.tenantIssuer, issuer, claims.tid),
    );
    if (fitting.length > 0) return fitting.length === 1 ? fitting[0] : undefined;
  }
  return index.withoutIssuer;
}

/**
 * Entra ID's rule for multi-tenant applications: `tid` must be a GUID and allowed, and the template with
 * it put in must be `iss` exactly.
 */
function fitsTenant(template: TenantIssuer, issuer: string, tid: unknown): boolean {
  if (typeof tid !== 'string' || !GUID.test(tid)) return false;
  if (issuer !== template.prefix + tid + template.suffix) return false;
  return template.tenants === '*' || template.tenants.includes(tid.toLowerCase());
}

/**
 * A key may say whose tokens it signs (`issuer`, with or without `{tenantid}`); it is no key for another
 * issuer's. Entra ID signs its older tokens, of another `iss`, with the keys that it publishes for the newer: so
 * a key serves a second issuer of its source where both names are the same tenant's.
 */
export function keyServesIssuer(
  keyIssuer: string | undefined,
  source: PreparedSource,
  claims: JsonObject,
): boolean {
  if (keyIssuer === undefined) return true;
  const { issuers, tenantIssuer } = source.policy;
  const { iss, tid } = claims;
  if (typeof iss !== 'string') return false;
  const isTenant = typeof tid === 'string' && GUID.test(tid);
  const named = isTenant ? keyIssuer.replace('{tenantid}', () => tid) : keyIssuer;
  if (named === iss) return true;
  if (!issuers.includes(iss)) return false;
  if (tenantIssuer !== undefined) return keyIssuer === templateOf(tenantIssuer);
  return isTenant && issuers.includes(named) && [named, iss].every((name) => name.includes(tid));
}
