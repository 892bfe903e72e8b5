/** The policy of a JWT source. Its types are those of its shapes, by which it is read. */

import { expression, type SourcePolicy, sourceKeys } from '../../policy/policy.ts';
import { amount, either, type Infer, list, object, oneOf, text } from '../../policy/shape.ts';

const texts = list(text);

/** An issuer with `{tenantid}` in it, split around that place. */
export type TenantIssuer = Infer<typeof tenantIssuer>;
const tenantIssuer = object({
  prefix: text,
  suffix: text,
  /** Lower-case GUIDs, or any. */
  tenants: either((value) => value === '*', oneOf('*'), texts),
});

const requiredClaim = object({
  claim: text,
  /** Any one suffices; empty = the claim must be present. */
  values: texts,
});

/** Claim names; the first one present wins for user, name and client; roles and scopes unite all. */
export type ClaimMapping = Infer<typeof mapping>;
const mapping = object({
  user: texts,
  name: texts,
  roles: texts,
  /** Empty: a string is one role. */
  rolesSeparator: text,
  scopes: texts,
  client: texts,
});

/** A JWT source with its preset and defaults applied. Durations are in seconds. */
export type JwtPolicy = Infer<typeof jwtPolicy>;
export const jwtPolicy = object(
  {
    id: text,
    uid: text,
    revision: text,
    /** Exact `iss` values. Empty, without `tenantIssuer`: `iss` is not checked. */
    issuers: texts,
    keys: sourceKeys,
    /** Allow-list; empty = what the key permits. */
    algorithms: texts,
    audiences: texts,
    clientIDs: texts,
    tokenTypes: texts,
    clockSkew: amount,
    expiration: oneOf('Required', 'Optional'),
    requiredClaims: list(requiredClaim),
    expressions: list(expression),
    /** Any one of these roles suffices; empty = not checked. */
    roles: texts,
    mapping,
  },
  { tenantIssuer, maxStale: amount, maxTokenAge: amount },
);

/** Its sources alone have no type: they were there first. */
export const isJwtPolicy = (policy: SourcePolicy): policy is JwtPolicy => policy.type === undefined;
