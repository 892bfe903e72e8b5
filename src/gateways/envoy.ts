/** A plain Envoy in front of many APIs: the pieces of its static configuration that ask a shared validator. */

import {
  type Authorizer,
  type AuthorizerTls,
  authorizerCluster,
  extAuthzFilter,
} from '../sidecar/authorizer.ts';
import { typed } from '../sidecar/config.ts';
import { decidedFilter } from '../sidecar/decided.ts';
import { MAX_ENVOY_HEADERS } from '../sidecar/header-count.ts';
import { headersAfterCheck, headersBeforeCheck } from '../sidecar/headers.ts';
import { localReplies } from '../sidecar/replies.ts';
import { UNDERSCORE_ACTIONS, type UnderscoreHeaders } from '../sidecar/underscores.ts';
import { PASSED_OVER } from '../sidecar/upgrades.ts';
import type { Piece } from './piece.ts';

export interface PlainEnvoyOptions {
  readonly authorizer: Authorizer;
  /** The one that bindings know (their `ports`); undefined = bindings differ by their hosts alone. */
  readonly port: number | undefined;
  readonly underscoreHeaders: UnderscoreHeaders;
  /** Undefined = plain text. */
  readonly tls: PlainEnvoyTls | undefined;
}

export interface PlainEnvoyTls {
  /** The validator's name or IP address. */
  readonly name: string;
  /** Where Envoy finds the authorities, as PEM; absolute. */
  readonly caFile: string;
}

const CA_SECRET = 'portcullis_ca';

export function plainEnvoyPieces({
  authorizer,
  port,
  underscoreHeaders,
  tls,
}: PlainEnvoyOptions): readonly Piece[] {
  return [
    {
      heading: [
        'Into the http_connection_manager of each listener that is to be guarded. The four filters stand in this',
        'order, in front of every other that could act on a request; your own and the router follow them.',
      ],
      document: {
        normalize_path: false,
        merge_slashes: false,
        path_with_escaped_slashes_action: 'KEEP_UNCHANGED',
        common_http_protocol_options: {
          headers_with_underscores_action: UNDERSCORE_ACTIONS[underscoreHeaders],
          max_headers_count: MAX_ENVOY_HEADERS,
        },
        http_protocol_options: { ignore_http_11_upgrade: PASSED_OVER },
        http_filters: [
          headersBeforeCheck(port, underscoreHeaders),
          extAuthzFilter(authorizer),
          decidedFilter(),
          // As the gateway does with its own settings.
          headersAfterCheck('Keep'),
        ],
        local_reply_config: localReplies(),
      },
    },
    {
      heading: ['Into static_resources.'],
      document: { clusters: [authorizerCluster(authorizer, tls && trusting(tls))] },
    },
    ...(tls === undefined ? [] : [NODE, authorities(tls)]),
  ];
}

const NODE: Piece = {
  heading: ['At the top, unless it is there already: only an Envoy with a name follows files.'],
  document: { node: { id: 'gateway', cluster: 'gateway' } },
};

function trusting({ name, caFile }: PlainEnvoyTls): AuthorizerTls {
  return { name, secret: CA_SECRET, secretFile: secretFile(caFile) };
}

/** Beside the authorities: `ca.yaml` for `ca.crt`. */
const secretFile = (caFile: string): string => `${caFile.replace(/\.[^./]+$/, '')}.yaml`;

/** A file of its own: what stands in the configuration itself is read once, and authorities have an end. */
function authorities({ caFile }: PlainEnvoyTls): Piece {
  const folder = caFile.slice(0, caFile.lastIndexOf('/')) || '/';
  return {
    heading: [
      `As the file ${secretFile(caFile)}, which has to be there when Envoy starts, as has ${caFile}: the`,
      "authorities of the validators' certificates, in a cluster ca.crt of ConfigMap portcullis-ca. Envoy follows that",
      'file where a new one is renamed into its place, or both are in one projected volume.',
    ],
    document: {
      resources: [
        {
          ...typed('extensions.transport_sockets.tls.v3.Secret', { name: CA_SECRET }),
          validation_context: { trusted_ca: { filename: caFile }, watched_directory: { path: folder } },
        },
      ],
    },
  };
}
