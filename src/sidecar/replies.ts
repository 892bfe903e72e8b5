/** What Envoy itself answers: when it has no answer from the validator, and to what it cannot ask about. */

import { EXT_AUTHZ, METADATA_PREFIX } from './authorizer.ts';
import { type ConfigObject, extension } from './config.ts';
import { UNDECIDED_DETAILS } from './decided.ts';
import { MAX_ENVOY_HEADERS } from './header-count.ts';
import { CARRIERS } from './headers.ts';

/** Seconds after which a client may try again. */
const RETRY_AFTER = '1';

/** Said where nobody has judged. */
const UNAVAILABLE = {
  reason: 'authorization_unavailable',
  title: 'The request could not be authorized',
  detail: 'The authorization service did not give an answer. Try again shortly.',
} as const;

/** As JSON, for a gateway that is given its text. */
export const unavailableProblem = (status: number): string =>
  JSON.stringify({
    ...problem(UNAVAILABLE.reason, UNAVAILABLE.title, UNAVAILABLE.detail).json_format,
    status,
  });

/** Turns Envoy's bare answer into the problem+json that every other denial has. */
export function localReplies(): ConfigObject {
  return {
    mappers: [
      // What came from the validator by another status.
      ...Object.entries(CARRIERS).map(([status, carrier]) => ({
        filter: { and_filter: { filters: ofCheck(carrier) } },
        status_code: Number(status),
      })),
      {
        filter: { or_filter: { filters: [failedCheck(), when(`${DENIED} && ${ROUTED}`)] } },
        status_code: 503,
        headers_to_add: [overwrite('retry-after', RETRY_AFTER), NO_STORE],
        body_format_override: problem(UNAVAILABLE.reason, UNAVAILABLE.title, UNAVAILABLE.detail),
      },
      // Envoy asks about nothing that it has no route for, and would have said so a little later.
      { filter: when(DENIED), status_code: 404, body: { inline_string: '' } },
      ...MALFORMED.map(({ expression, status, detail }) => ({
        filter: when(expression),
        ...(status !== undefined && { status_code: status }),
        headers_to_add: [NO_STORE],
        body_format_override: problem('request_malformed', 'The request cannot be read safely', detail),
      })),
    ],
  };
}

/** A refusal of the check's, with this status. The key of the runtime is never set; Envoy wants one. */
function ofCheck(status: number): readonly ConfigObject[] {
  const value = { default_value: status, runtime_key: 'portcullis.status_of_check' };
  return [
    { response_flag_filter: { flags: ['UAEX'] } },
    { status_code_filter: { comparison: { op: 'EQ', value } } },
  ];
}

const DETAILS = 'response.code_details';

const ofCodec = (...details: readonly string[]): string =>
  `${DETAILS} in [${details.flatMap((one) => [`'http1.${one}'`, `'http2.${one}'`]).join(', ')}]`;

/** Requests that Envoy refuses before it asks, or cannot pass on as the validator wants; the first that fits is said. */
const MALFORMED: readonly {
  readonly expression: string;
  /** Undefined = Envoy's own. */
  readonly status?: number;
  readonly detail: string;
}[] = [
  {
    // The second: the headers that the validator adds found no room beside those of the client.
    expression: `${ofCodec('too_many_headers', 'headers_too_large')} || ${DETAILS} == 'ext_authz_invalid'`,
    status: 431,
    detail: `The request has too many headers, or too large ones: at most ${MAX_ENVOY_HEADERS} and 60 KiB, together with those that are added for the API.`,
  },
  {
    expression: `${DETAILS} == 'absolute_path_rejected'`,
    status: 400,
    detail:
      'The target of the request is no path, and holds none: write a slash after the host (http://host/?query).',
  },
  {
    expression: ofCodec('unexpected_underscore'),
    detail: 'The name of a header holds an underscore, and this API takes none: write it with a hyphen.',
  },
  {
    expression: `${DETAILS} == 'upgrade_failed'`,
    status: 400,
    detail: 'The request wants to go on in a protocol that is not served here.',
  },
  {
    expression: `${DETAILS}.startsWith('http1.') || ${DETAILS}.startsWith('http2.') || ${DETAILS} in ['path_normalization_failed', 'missing_host_header']`,
    detail:
      'This is no HTTP request that can be read: its request line, or one of its headers, is not well-formed.',
  },
];

function problem(reason: string, title: string, detail: string) {
  return {
    content_type: 'application/problem+json',
    json_format: {
      type: `https://portcullis.dev/problems/${reason}`,
      title,
      status: '%RESPONSE_CODE%',
      detail,
      reason,
    },
  } as const satisfies ConfigObject;
}

/**
 * The flag UAEX alone would not do: denials of the validator's own carry it too. Nor would UAEX and 503:
 * over gRPC the validator sends a 503 itself, with the true reason, which the metadata tells apart.
 */
function failedCheck(): ConfigObject {
  return {
    and_filter: {
      filters: [
        ...ofCheck(503),
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

/** The check seemed to allow, and held no decision; or there was none. */
const DENIED = `response.code_details.startsWith('${UNDECIDED_DETAILS}')`;
const ROUTED = 'has(xds.route_metadata)';

/** By an expression of CEL. */
function when(expression: string): ConfigObject {
  return {
    extension_filter: extension(
      'envoy.access_loggers.extension_filters.cel',
      'extensions.access_loggers.filters.cel.v3.ExpressionFilter',
      { expression },
    ),
  };
}

const NO_STORE = overwrite('cache-control', 'no-store');

function overwrite(key: string, value: string): ConfigObject {
  return { header: { key, value }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' };
}
