/** Istio: an extension provider of the mesh, and the policy that sends a gateway's requests to it. */

import { createHash } from 'node:crypto';
import { CA_CONFIG_MAP } from '../sidecar/authorities.ts';
import { CHECK_TIMEOUT, CLIENT_HEADERS, UPSTREAM_HEADERS } from '../sidecar/authorizer.ts';
import { CHECK_PREFIX } from '../sidecar/check-forms.ts';
import { type ConfigObject, type SocketAddress, seconds } from '../sidecar/config.ts';
import { CARRIES_HEADER, CLIENT_ADDRESS, CLIENT_HEADER, PORT_HEADER } from '../sidecar/headers.ts';
import type { Piece } from './piece.ts';
import { type NamespacedName, SHARED_SERVICE } from './service.ts';

export interface IstioOptions {
  readonly service: SocketAddress & NamespacedName;
  /** Or plain text. */
  readonly tls: boolean;
  readonly protocol:
    | { readonly kind: 'grpc' }
    | {
        readonly kind: 'http';
        /** Stated for every request, over what the client sent. */
        readonly port: number;
        /** Further request headers that credentials or expressions need; never OPENS_TO_GRPC. */
        readonly headers: readonly string[];
      };
  /** A Gateway of the Gateway API; undefined = Istio's classic ingress gateway. */
  readonly gateway: NamespacedName | undefined;
}

const PROVIDER = 'portcullis';
/** Also the root namespace. */
const CLASSIC_NAMESPACE = 'istio-system';

export function istioPieces({ service, tls, protocol, gateway }: IstioOptions): readonly Piece[] {
  const common: ConfigObject = {
    service: service.address,
    port: service.port,
    // Ten minutes, where nothing is said.
    timeout: seconds(CHECK_TIMEOUT),
    failOpen: false,
    statusOnError: '503',
  };
  const name = providerOf(service);
  const provider: ConfigObject =
    protocol.kind === 'grpc'
      ? { envoyExtAuthzGrpc: common }
      : { envoyExtAuthzHttp: { ...common, ...headersOverHttp(protocol) } };
  return [
    {
      heading: [
        'Into the MeshConfig: the value meshConfig of the istiod chart, or data.mesh of the ConfigMap istio in',
        'istio-system. A list that is there already gets one more item.',
      ],
      document: { extensionProviders: [{ name, ...provider }] },
    },
    { heading: ['kubectl apply -f -, once the provider is known.'], document: policy(gateway, name) },
    ...(tls ? [encryption(service)] : []),
  ];
}

/**
 * A DNS label. Of two providers of one name Istio takes one, or refuses everything, and the validators of a Gateway know its
 * own hosts alone: so each Service has another one.
 */
function providerOf({ name, namespace }: NamespacedName): string {
  const isDefault = name === SHARED_SERVICE.name && namespace === SHARED_SERVICE.namespace;
  if (isDefault) return PROVIDER;
  const hash = createHash('sha256').update(`${namespace}/${name}`).digest('hex').slice(0, 8);
  return `${PROVIDER}-${name.slice(0, 43)}-${hash}`;
}

/** Istio hands the ConfigMap on to its proxies, and follows it. It has to be in the namespace of the rule. */
function encryption({ address, name, namespace }: NamespacedName & SocketAddress): Piece {
  return {
    heading: [
      'kubectl apply -f -, before the AuthorizationPolicy: the validators are asked over TLS, and only those that show a',
      `certificate for this name, of an authority in ConfigMap ${CA_CONFIG_MAP}.`,
    ],
    document: {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: { name, namespace },
      spec: {
        host: address,
        trafficPolicy: {
          tls: {
            mode: 'SIMPLE',
            credentialName: `configmap://${namespace}/${CA_CONFIG_MAP}`,
            // Without it, the name would be the host that the client asked for.
            sni: address,
            subjectAltNames: [address],
          },
        },
      },
    },
  };
}

/**
 * A header that no check over HTTP may show: of one that says to be gRPC, and that nobody answers, Envoy makes a 200,
 * which allows.
 */
export const OPENS_TO_GRPC = 'content-type';

function headersOverHttp({ port, headers }: { readonly port: number; readonly headers: readonly string[] }) {
  return {
    pathPrefix: CHECK_PREFIX,
    // Istio sends only what is named here. A request with Upgrade is one that a cookie of another site must not make.
    // Forged claim headers are overwritten or removed, seen or not; other spellings of their names have to be seen.
    includeRequestHeadersInCheck: [
      ...['authorization', 'cookie', 'origin', 'upgrade', 'access-control-request-method', 'x*'],
      // Who opens a page in a browser is sent to the login page.
      ...['accept', 'sec-fetch-mode'],
      // What is asked of an MCP server, and other spellings of it.
      'mcp*',
      ...headers,
    ],
    includeAdditionalHeadersInCheck: {
      [PORT_HEADER]: String(port),
      [CLIENT_HEADER]: CLIENT_ADDRESS,
      // Whatever the client says: what an answer carries would reach it as it is.
      [CARRIES_HEADER]: 'none',
    },
    headersToUpstreamOnAllow: UPSTREAM_HEADERS.map(pattern),
    headersToDownstreamOnDeny: CLIENT_HEADERS.map(pattern),
  };
}

const pattern = (matcher: { readonly exact: string } | { readonly prefix: string }): string =>
  'exact' in matcher ? matcher.exact : `${matcher.prefix}*`;

function policy(gateway: NamespacedName | undefined, provider: string): ConfigObject {
  const target: ConfigObject =
    gateway === undefined
      ? { selector: { matchLabels: { istio: 'ingressgateway' } } }
      : { targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: gateway.name }] };
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    // A name for each Gateway: another one's, in the same namespace, must not take the place of this one's.
    metadata:
      gateway === undefined
        ? { name: PROVIDER, namespace: CLASSIC_NAMESPACE }
        : { name: `${PROVIDER}-${gateway.name}`, namespace: gateway.namespace },
    spec: {
      ...target,
      action: 'CUSTOM',
      provider: { name: provider },
      // One rule without conditions takes every request; no rule at all would take none.
      rules: [{}],
    },
  };
}
