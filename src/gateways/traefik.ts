/** Traefik: the Middlewares that ask a validator by ForwardAuth. */

import { OVERRIDES } from '../base/overrides.ts';
import { FORWARD_AUTH_PREFIX } from '../sidecar/check-forms.ts';
import type { ConfigObject, SocketAddress } from '../sidecar/config.ts';
import { CLIENT_HEADER, mistakable, PORT_HEADER } from '../sidecar/headers.ts';
import { mixtures } from '../sidecar/underscores.ts';
import { type ForwardedHeaders, headerCase } from './forwarded.ts';
import type { Piece } from './piece.ts';
import { hostAndPort } from './proxy.ts';

export interface TraefikOptions {
  readonly validator: SocketAddress;
  readonly tls: boolean;
  readonly headers: ForwardedHeaders;
}

const NAME = 'portcullis';
const CHECK = `${NAME}-check`;
const BEFORE = `${NAME}-before`;
const CA_SECRET = 'portcullis-ca';

export function traefikPieces(options: TraefikOptions): readonly Piece[] {
  return [
    {
      heading: [
        'kubectl apply -n NAMESPACE -f -, in the namespace of the routes. Each router names the first of the three, `portcullis`,',
        'in front of its other middlewares; with --entrypoints.NAME.http.middlewares=NAMESPACE-portcullis@kubernetescrd all',
        'routers of an entry point do.',
      ],
      document: middleware(NAME, { chain: { middlewares: [{ name: BEFORE }, { name: CHECK }] } }),
    },
    {
      heading: [
        'Takes away headers that could make an API serve another request, or see another user, than was judged.',
      ],
      document: middleware(BEFORE, { headers: { customRequestHeaders: removed(options.headers) } }),
    },
    {
      heading: checkHeading(options.tls),
      document: middleware(CHECK, { forwardAuth: forwardAuth(options) }),
    },
  ];
}

function middleware(name: string, spec: ConfigObject): ConfigObject {
  return { apiVersion: 'traefik.io/v1alpha1', kind: 'Middleware', metadata: { name }, spec };
}

/** Traefik takes a header away where its value is empty. */
function removed({ names }: ForwardedHeaders): ConfigObject {
  const spellings = [
    ...OVERRIDES,
    ...mistakable('Allow'),
    ...names.flatMap(mixtures),
    PORT_HEADER,
    CLIENT_HEADER,
  ];
  return {
    // Traefik takes away what a client names there: the headers that name the user, too.
    Connection: 'Upgrade',
    ...Object.fromEntries(spellings.map((name) => [headerCase(name), ''])),
  };
}

function forwardAuth({ validator, tls, headers }: TraefikOptions): ConfigObject {
  return {
    address: `${tls ? 'https' : 'http'}://${hostAndPort(validator)}${FORWARD_AUTH_PREFIX}`,
    // What a client says in X-Forwarded-Uri and its kin must not be judged.
    trustForwardHeader: false,
    // Taken from every client, and from the answer where it has them.
    authResponseHeaders: [...headers.names, ...headers.tokens].map(headerCase),
    ...(tls && { tls: { caSecret: CA_SECRET } }),
  };
}

const checkHeading = (tls: boolean): readonly string[] => [
  'Traefik waits up to 30 seconds for an answer, and then, or when there is nobody, refuses with 500.',
  ...(tls
    ? [
        `It trusts what the Secret ${CA_SECRET} holds, in that namespace; make it anew when the ConfigMap changes:`,
        `kubectl -n portcullis-system get configmap portcullis-ca -o jsonpath='{.data.ca\\.crt}' |`,
        `  kubectl -n NAMESPACE create secret generic ${CA_SECRET} --from-file=ca.crt=/dev/stdin`,
      ]
    : []),
];
