/** What Envoy itself answers when it has no answer from the validator. */

import { EXT_AUTHZ, METADATA_PREFIX } from './authorizer.ts';
import { type ConfigObject, extension } from './config.ts';
import { UNDECIDED_DETAILS } from './decided.ts';

/** Seconds after which a client may try again. */
const RETRY_AFTER = '1';

/** Turns Envoy's bare answer into the problem+json that every other denial has. */
export function localReplies(): ConfigObject {
  return {
    mappers: [
      {
        filter: { or_filter: { filters: [failedCheck(), undecided(`${DENIED} && ${ROUTED}`)] } },
        status_code: 503,
        headers_to_add: [overwrite('retry-after', RETRY_AFTER), overwrite('cache-control', 'no-store')],
        body_format_override: {
          content_type: 'application/problem+json',
          json_format: {
            type: 'https://portcullis.dev/problems/authorization_unavailable',
            title: 'The request could not be authorized',
            status: '%RESPONSE_CODE%',
            detail: 'The authorization service did not give an answer. Try again shortly.',
            reason: 'authorization_unavailable',
          },
        },
      },
      // Envoy asks about nothing that it has no route for, and would have said so a little later.
      { filter: undecided(DENIED), status_code: 404, body: { inline_string: '' } },
    ],
  };
}

/**
 * The flag UAEX alone would not do: denials of the validator's own carry it too. Nor would UAEX and 503:
 * over gRPC the validator sends a 503 itself, with the true reason, which the metadata tells apart.
 */
function failedCheck(): ConfigObject {
  return {
    and_filter: {
      filters: [
        { response_flag_filter: { flags: ['UAEX'] } },
        {
          status_code_filter: {
            comparison: {
              op: 'EQ',
              value: { default_value: 503, runtime_key: 'portcullis.authorization_unavailable' },
            },
          },
        },
        {
          metadata_filter: {
            matcher: {
              filter: EXT_AUTHZ,
              path: [{ key: `${METADATA_PREFIX}reason` }],
              value: { string_match: { exact: '' } },
            },
            match_if_key_not_found: true,
          },
        },
      ],
    },
  };
}

const DENIED = `response.code_details.startsWith('${UNDECIDED_DETAILS}')`;
const ROUTED = 'has(xds.route_metadata)';

/** The check seemed to allow, and held no decision; or there was none. */
function undecided(expression: string): ConfigObject {
  return {
    extension_filter: extension(
      'envoy.access_loggers.extension_filters.cel',
      'extensions.access_loggers.filters.cel.v3.ExpressionFilter',
      { expression },
    ),
  };
}

function overwrite(key: string, value: string): ConfigObject {
  return { header: { key, value }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' };
}
