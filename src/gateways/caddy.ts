/** Caddy: the pieces of a Caddyfile that ask a validator by `forward_auth`. */

import { OVERRIDES } from '../base/overrides.ts';
import { CHECK_TIMEOUT } from '../sidecar/authorizer.ts';
import { FORWARD_AUTH_PREFIX } from '../sidecar/check-forms.ts';
import { CLIENT_HEADER, PORT_HEADER } from '../sidecar/headers.ts';
import { headerCase } from './forwarded.ts';
import type { Piece } from './piece.ts';
import { CARRYING_SERVED, hostAndPort, type ProxyOptions, SERVED } from './proxy.ts';

export function caddyPieces(options: ProxyOptions): readonly Piece[] {
  return [
    {
      heading: [
        'Into the global options, { } at the top: headers are taken away before anybody asks about them.',
      ],
      document: ['order request_header before forward_auth'],
    },
    {
      heading: [
        'Behind the global options. Each site that is to be guarded has `import portcullis`, outside of any handle or route:',
        'so it comes before all of them.',
      ],
      document: snippet(options),
    },
  ];
}

function snippet({ validator, tls, headers }: ProxyOptions): readonly string[] {
  const removed = [...headers.names, ...OVERRIDES, PORT_HEADER, CLIENT_HEADER];
  return [
    '(portcullis) {',
    '\t# To CGI, WSGI and PHP, x_auth_user is x-auth-user.',
    '\trequest_header -*_*',
    '\t# What else a client names in Connection, Caddy would take away: the headers that name the user, too.',
    '\trequest_header Connection Upgrade',
    '\t# Of what follows in another protocol (h2c), nothing would be judged.',
    '\t@portcullis_websocket header_regexp Upgrade (?i)^websocket$',
    '\trequest_header @portcullis_websocket Upgrade websocket',
    '\t@portcullis_other not header_regexp Upgrade (?i)^websocket$',
    '\trequest_header @portcullis_other -Upgrade',
    ...removed.map((name) => `\trequest_header -${headerCase(name)}`),
    `\tforward_auth ${upstream(validator, tls !== undefined)} {`,
    `\t\turi ${FORWARD_AUTH_PREFIX}${CARRYING_SERVED}`,
    `\t\tcopy_headers ${[...headers.names, ...headers.tokens].map(headerCase).join(' ')}`,
    '\t\t# The metadata of a resource.',
    ...SERVED.flatMap(([status, carrier]) => [
      `\t\t@portcullis_${status} status ${carrier}`,
      `\t\thandle_response @portcullis_${status} {`,
      `\t\t\tcopy_response ${status}`,
      '\t\t}',
    ]),
    '\t\ttransport http {',
    `\t\t\tdial_timeout ${CHECK_TIMEOUT}s`,
    `\t\t\tresponse_header_timeout ${CHECK_TIMEOUT}s`,
    ...(tls === undefined
      ? []
      : [`\t\t\ttls_trust_pool file ${tls.caFile}`, `\t\t\ttls_server_name ${tls.name}`]),
    '\t\t}',
    '\t}',
    '}',
  ];
}

function upstream(validator: ProxyOptions['validator'], isTls: boolean): string {
  if ('path' in validator) return `unix/${validator.path}`;
  return `${isTls ? 'https' : 'http'}://${hostAndPort(validator)}`;
}
