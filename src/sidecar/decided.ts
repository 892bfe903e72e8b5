/**
 * Nothing passes without a decision of the validator's. The check alone would not do: where Envoy cannot ask on
 * behalf of a gRPC caller, it answers itself, in gRPC's manner, with a 200, and takes that for the validator's.
 * Any client can be a gRPC caller by its Content-Type.
 */

import { EXT_AUTHZ, METADATA_PREFIX } from './authorizer.ts';
import { type ConfigObject, extension } from './config.ts';

/** Outcomes with which a request goes on. */
const PASSING = ['allowed', 'audit_denied'] as const;

/** How the details of its denial begin, whichever policies it has. */
export const UNDECIDED_DETAILS = 'rbac_access_denied';

/** The filter after the check. */
export function decidedFilter(): ConfigObject {
  return extension('envoy.filters.http.rbac', 'extensions.filters.http.rbac.v3.RBAC', {
    rules: {
      action: 'ALLOW',
      policies: { decided: { permissions: [{ any: true }], principals: PASSING.map(hasOutcome) } },
    },
  });
}

function hasOutcome(outcome: string): ConfigObject {
  return {
    sourced_metadata: {
      metadata_matcher: {
        filter: EXT_AUTHZ,
        path: [{ key: `${METADATA_PREFIX}outcome` }],
        value: { string_match: { exact: outcome } },
      },
      metadata_source: 'DYNAMIC',
    },
  };
}
