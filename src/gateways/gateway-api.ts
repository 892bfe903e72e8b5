/** The Gateway API's own filter, `ExternalAuth` (GEP-1494, experimental): asks a validator for a rule of a route. */

import { MCP_HEADERS } from '../base/mcp-headers.ts';
import { CHECK_PREFIX } from '../sidecar/check-forms.ts';
import type { ConfigObject } from '../sidecar/config.ts';
import { backendEncryption, serviceGrant } from './backend.ts';
import type { ForwardedHeaders } from './forwarded.ts';
import type { Piece } from './piece.ts';
import type { NamespacedName } from './service.ts';

export interface GatewayApiOptions {
  readonly service: NamespacedName;
  /** The Service's host name where it is asked over TLS; undefined = plain text. */
  readonly tlsName: string | undefined;
  readonly port: number;
  readonly protocol: 'grpc' | 'http';
  /** Those of the routes. */
  readonly namespaces: readonly string[];
  readonly headers: ForwardedHeaders;
}

const GROUP = 'gateway.networking.k8s.io';

export function gatewayApiPieces(options: GatewayApiOptions): readonly Piece[] {
  const { service, tlsName, namespaces } = options;
  const elsewhere = namespaces.filter((namespace) => namespace !== service.namespace);
  return [
    {
      heading: [
        'Into EACH rule of the HTTPRoute, in front of its other filters: a rule without it is not guarded. It needs the',
        'experimental channel of the Gateway API, and a gateway that knows it.',
      ],
      document: { filters: [{ type: 'ExternalAuth', externalAuth: externalAuth(options) }] },
    },
    ...(tlsName === undefined ? [] : [backendEncryption(service, tlsName)]),
    ...(elsewhere.length === 0
      ? []
      : [serviceGrant('portcullis', service, { group: GROUP, kind: 'HTTPRoute' }, elsewhere)]),
  ];
}

function externalAuth({ service, port, protocol, headers }: GatewayApiOptions): ConfigObject {
  const backendRef = { group: '', kind: 'Service', ...service, port };
  // The member has to be there; without a list in it, all headers are sent.
  if (protocol === 'grpc') return { protocol: 'GRPC', backendRef, grpc: {} };
  return {
    protocol: 'HTTP',
    backendRef,
    http: {
      path: CHECK_PREFIX,
      // Method, path, Host and Authorization come of themselves. No Content-Type: see OPENS_TO_GRPC.
      allowedHeaders: [
        'cookie',
        'origin',
        'access-control-request-method',
        'sec-websocket-version',
        'accept',
        'sec-fetch-mode',
        'x-requested-with',
        ...Object.values(MCP_HEADERS),
        ...headers.names,
      ],
      // All, where none is named: with them what is meant for the access log, and the length of the answer.
      allowedResponseHeaders: [...headers.names, ...headers.tokens],
    },
  };
}
