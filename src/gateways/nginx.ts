/** nginx: the pieces of its configuration that ask a validator by `auth_request`. */

import { DENIAL_STATUSES } from '../base/denial-statuses.ts';
import { OVERRIDES } from '../base/overrides.ts';
import { CHECK_TIMEOUT } from '../sidecar/authorizer.ts';
import { AUTH_REQUEST_PREFIX, PROBLEM_HEADER } from '../sidecar/check-forms.ts';
import { CLIENT_HEADER, PORT_HEADER } from '../sidecar/headers.ts';
import { unavailableProblem } from '../sidecar/replies.ts';
import { type ForwardedHeaders, headerCase } from './forwarded.ts';
import type { Piece } from './piece.ts';
import { CARRYING_SERVED, hostAndPort, type ProxyOptions, SERVED } from './proxy.ts';

/** The upstream, the location and the beginning of all variables. */
const NAME = 'portcullis';
const CHECK = `/${NAME}_check`;
const DENIED = `@${NAME}_denied`;

/** Of what the validator answers to the client, what else it gets: header → variable. */
const DENIAL_HEADERS = [
  'Content-Type',
  'WWW-Authenticate',
  'Retry-After',
  'Allow',
  'Access-Control-Allow-Origin',
  'Access-Control-Allow-Credentials',
  'Access-Control-Expose-Headers',
  'Access-Control-Allow-Methods',
  'Access-Control-Allow-Headers',
  'Access-Control-Max-Age',
  'Cache-Control',
  'Vary',
] as const;

export function nginxPieces(options: ProxyOptions): readonly Piece[] {
  return [
    { heading: ['Into http { }.'], document: shared(options) },
    {
      heading: [
        'Into each server { } that is to be guarded. A location with `auth_request off`, `satisfy any`, `return` or',
        '`rewrite … redirect` is not.',
      ],
      document: server(options),
    },
    {
      heading: [
        `As the file /etc/nginx/${NAME}-headers.conf, with \`include ${NAME}-headers.conf;\` in the server { }, and again in EACH`,
        'location that has a proxy_set_header of its own: nginx inherits none of these there, and what a client forges would',
        'reach the API. A location with grpc_pass needs each line with grpc_set_header in its place; one with fastcgi_pass,',
        'uwsgi_pass or scgi_pass cannot be guarded so. Set no other Host: the API gets the one that was judged.',
      ],
      document: app(options.headers),
    },
  ];
}

function shared({ validator }: ProxyOptions): readonly string[] {
  return [
    `upstream ${NAME} {`,
    `  server ${'path' in validator ? `unix:${validator.path}` : hostAndPort(validator)};`,
    '  keepalive 32;',
    '}',
    '# Keeps WebSockets, and nothing else that a client names in Connection or offers in Upgrade: of what follows in another',
    '# protocol (h2c), nothing would be judged.',
    `map $http_upgrade $${NAME}_upgrade {`,
    "  '~*^websocket$' websocket;",
    "  default '';",
    '}',
    `map $${NAME}_upgrade $${NAME}_connection {`,
    '  default upgrade;',
    "  '' '';",
    '}',
    '# Tokens have up to 16 KiB.',
    'large_client_header_buffers 4 32k;',
  ];
}

function server({ tls, headers }: ProxyOptions): readonly string[] {
  return [
    `auth_request ${CHECK};`,
    ...[...variables('status', '$upstream_status'), ...variables('problem', upstreamHeader(PROBLEM_HEADER))],
    ...[...DENIAL_HEADERS, 'Location'].flatMap((name) => variables(variable(name), upstreamHeader(name))),
    ...[...headers.names, ...headers.tokens].flatMap((name) =>
      variables(variable(name), upstreamHeader(name)),
    ),
    `error_page 401 403 500 = ${DENIED};`,
    '',
    `location = ${CHECK} {`,
    ...indented([
      'internal;',
      'auth_request off;',
      `proxy_pass ${tls === undefined ? 'http' : 'https'}://${NAME}${AUTH_REQUEST_PREFIX}${CARRYING_SERVED};`,
      ...(tls === undefined ? [] : encryption(tls)),
      '# What the server says for its apps must make no allow of a check that failed, nor keep one.',
      'error_page 599 /;',
      'proxy_intercept_errors off;',
      'proxy_cache off;',
      'proxy_http_version 1.1;',
      'proxy_method GET;',
      'proxy_pass_request_body off;',
      "proxy_set_header Connection '';",
      "proxy_set_header Content-Length '';",
      '# The request that is judged, over whatever a client says.',
      'proxy_set_header Host $host;',
      'proxy_set_header X-Original-Method $request_method;',
      'proxy_set_header X-Original-URI $request_uri;',
      "proxy_set_header X-Original-URL '';",
      'proxy_set_header X-Forwarded-For $remote_addr;',
      '# A token in a cookie opens a WebSocket from allowed origins alone.',
      `proxy_set_header Upgrade $${NAME}_upgrade;`,
      ...['connect', 'send', 'read'].map((what) => `proxy_${what}_timeout ${CHECK_TIMEOUT}s;`),
      'proxy_next_upstream off;',
      'proxy_buffer_size 64k;',
      'proxy_buffers 4 64k;',
      'proxy_busy_buffers_size 128k;',
    ]),
    '}',
    '',
    `location ${DENIED} {`,
    ...indented([
      'auth_request off;',
      "# The answer's own type, whatever the path ends in.",
      'types { }',
      "default_type '';",
      ...DENIAL_HEADERS.map((name) => `add_header ${name} $${NAME}_${variable(name)} always;`),
      '# nginx itself adds the challenge of a 401.',
      `if ($${NAME}_status = 401) { set $${NAME}_${variable('WWW-Authenticate')} ''; }`,
      ...DENIAL_STATUSES.map(
        (status) => `if ($${NAME}_status = ${status}) { return ${status} $${NAME}_problem; }`,
      ),
      '# The metadata of a resource.',
      ...SERVED.map(
        ([status, carrier]) =>
          `if ($${NAME}_status = ${carrier}) { return ${status}${status === 204 ? '' : ` $${NAME}_problem`}; }`,
      ),
      '# To the login page.',
      `if ($${NAME}_status = 302) { return 302 $${NAME}_${variable('Location')}; }`,
      `set $${NAME}_${variable('Cache-Control')} no-store;`,
      "# An error of nginx's own.",
      `if ($${NAME}_status = 200) { return 500; }`,
      '# Another rule of nginx (deny) comes before the check.',
      `if ($${NAME}_status = '') { return 403; }`,
      '# Nobody has judged.',
      `set $${NAME}_${variable('Retry-After')} 1;`,
      `set $${NAME}_${variable('Content-Type')} application/problem+json;`,
      `return 503 '${unavailableProblem(503)}';`,
    ]),
    '}',
  ];
}

const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);

const spelt = (header: string): string => header.toLowerCase().replaceAll('-', '_');
/** No header has the variable of something else. Short, for nginx keeps 64 bytes for a name. */
const variable = (header: string): string => `h_${spelt(header)}`;
const upstreamHeader = (name: string): string => `$upstream_http_${spelt(name)}`;
const variables = (name: string, value: string): readonly string[] => [
  `auth_request_set $${NAME}_${name} ${value};`,
];

function encryption({ name, caFile }: { readonly name: string; readonly caFile: string }): readonly string[] {
  return [
    'proxy_ssl_verify on;',
    `proxy_ssl_trusted_certificate ${caFile};`,
    `proxy_ssl_name ${name};`,
    'proxy_ssl_server_name on;',
  ];
}

function app({ names, tokens }: ForwardedHeaders): readonly string[] {
  return [
    'proxy_http_version 1.1;',
    'proxy_set_header Host $host;',
    `proxy_set_header Upgrade $${NAME}_upgrade;`,
    `proxy_set_header Connection $${NAME}_connection;`,
    ...[...names, ...tokens].map(
      (name) => `proxy_set_header ${headerCase(name)} $${NAME}_${variable(name)};`,
    ),
    '# Some frameworks would serve what these name instead of what was judged.',
    ...[...OVERRIDES, PORT_HEADER, CLIENT_HEADER].map((name) => `proxy_set_header ${headerCase(name)} '';`),
  ];
}
