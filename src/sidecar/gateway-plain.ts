/** A plain Envoy in front of many APIs: the pieces of its static configuration that ask a shared validator. */

import { type Authorizer, authorizerCluster, extAuthzFilter } from './authorizer.ts';
import { decidedFilter } from './decided.ts';
import type { Piece } from './gateway.ts';
import { headersAfterCheck, headersBeforeCheck } from './headers.ts';
import { localReplies } from './replies.ts';

/** `port` is the one that bindings know (their `ports`); undefined = they are told apart by hosts alone. */
export function plainEnvoyPieces(authorizer: Authorizer, port: number | undefined): readonly Piece[] {
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
        common_http_protocol_options: { headers_with_underscores_action: 'REJECT_REQUEST' },
        http_filters: [
          headersBeforeCheck(port),
          extAuthzFilter(authorizer),
          decidedFilter(),
          headersAfterCheck(),
        ],
        local_reply_config: localReplies(),
      },
    },
    {
      heading: ['Into static_resources.'],
      document: { clusters: [authorizerCluster(authorizer)] },
    },
  ];
}
