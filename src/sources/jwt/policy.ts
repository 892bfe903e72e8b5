/** The policy of a JWT source, and how it stands on the wire. */

import type { ExpressionPolicy, SourceKeys, SourcePolicy } from '../../policy/policy.ts';
import { amount, either, list, object, oneOf, type Shape, text } from '../../policy/shape.ts';
import { sourceKeys } from '../../policy/source-keys.ts';

/** A JWT source with its preset and defaults applied. Durations are in seconds. */
export interface JwtPolicy extends SourcePolicy {
  readonly type?: never;
  /** Exact `iss` values. Empty, without `tenantIssuer`: `iss` is not checked. */
  readonly issuers: readonly string[];
  readonly tenantIssuer?: TenantIssuer;
  readonly keys: SourceKeys;
  /** Allow-list; empty = what the key permits. */
  readonly algorithms: readonly string[];
  readonly audiences: readonly string[];
  readonly clientIDs: readonly string[];
  readonly tokenTypes: readonly string[];
  readonly clockSkew: number;
  readonly expiration: 'Required' | 'Optional';
  readonly maxTokenAge?: number;
  readonly requiredClaims: readonly RequiredClaim[];
  readonly expressions: readonly ExpressionPolicy[];
  /** Any one of these roles suffices; empty = not checked. */
  readonly roles: readonly string[];
  readonly mapping: ClaimMapping;
}

/** An issuer with `{tenantid}` in it, split around that place. */
export interface TenantIssuer {
  readonly prefix: string;
  readonly suffix: string;
  /** Lower-case GUIDs, or any. */
  readonly tenants: readonly string[] | '*';
}

export interface RequiredClaim {
  readonly claim: string;
  /** Any one suffices; empty = the claim must be present. */
  readonly values: readonly string[];
}

/** Claim names; the first one present wins for user, name and client; roles and scopes unite all. */
export interface ClaimMapping {
  readonly user: readonly string[];
  readonly name: readonly string[];
  readonly roles: readonly string[];
  /** Empty: a string is one role. */
  readonly rolesSeparator: string;
  readonly scopes: readonly string[];
  readonly client: readonly string[];
}

/** Its sources alone have no type: they were there first. */
export const isJwtPolicy = (policy: SourcePolicy): policy is JwtPolicy => policy.type === undefined;

const texts = list(text);

const tenants = either((value) => value === '*', oneOf('*'), texts);

export const jwtPolicy: Shape<JwtPolicy> = object(
  {
    id: text,
    uid: text,
    revision: text,
    issuers: texts,
    keys: sourceKeys,
    algorithms: texts,
    audiences: texts,
    clientIDs: texts,
    tokenTypes: texts,
    clockSkew: amount,
    expiration: oneOf('Required', 'Optional'),
    requiredClaims: list(object({ claim: text, values: texts })),
    expressions: list(object({ expression: text, message: text })),
    roles: texts,
    mapping: object({
      user: texts,
      name: texts,
      roles: texts,
      rolesSeparator: text,
      scopes: texts,
      client: texts,
    }),
  },
  { tenantIssuer: object({ prefix: text, suffix: text, tenants }), maxStale: amount, maxTokenAge: amount },
);
