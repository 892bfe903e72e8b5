/** The proxy of a gateway: an Envoy that has listeners, routes, clusters and authorities from istiod. */

import { type ApiServer, kubectlOf } from '../../apiserver/harness.ts';
import { type Envoy, startEnvoy } from '../../envoy/harness.ts';
import { ISTIO_NAMESPACE, ISTIOD_NAME, type Istiod } from './istiod.ts';

export interface ProxyOptions {
  readonly server: Pick<ApiServer, 'kubectl'>;
  readonly istiod: Pick<Istiod, 'port'>;
  readonly namespace: string;
  /** It shows a token of this account, as a pod would; istiod has the API server look at it. */
  readonly serviceAccount: string;
  /** Of its pod. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Who may read Istio's tokens. */
const AUDIENCE = 'istio-ca';

/** Starts it and waits until it has listeners. */
export async function startProxy(options: ProxyOptions): Promise<Envoy> {
  const { server, namespace, serviceAccount } = options;
  const kubectl = kubectlOf(server);
  const inNamespace = ['--namespace', namespace];
  const token = await kubectl(['create', 'token', serviceAccount, '--audience', AUDIENCE, ...inNamespace]);
  // istiod puts what has signed its certificate into each namespace.
  const authority = await kubectl([
    ...['get', 'secret', 'istio-ca-secret', '--namespace', ISTIO_NAMESPACE],
    ...['--output', 'jsonpath={.data.ca-cert\\.pem}'],
  ]);
  return startEnvoy(bootstrap(options, token.trim(), Buffer.from(authority, 'base64').toString()));
}

/** The least that istiod needs to know: what pilot-agent would say more is for metrics and certificates of a mesh. */
function bootstrap(
  { istiod, namespace, serviceAccount, labels }: ProxyOptions,
  token: string,
  authority: string,
): object {
  const config = { ads: {}, resource_api_version: 'V3', initial_fetch_timeout: '0s' };
  return {
    node: {
      id: `router~127.0.0.1~${serviceAccount}-0.${namespace}~${namespace}.svc.cluster.local`,
      cluster: `${serviceAccount}.${namespace}`,
      metadata: {
        NAMESPACE: namespace,
        SERVICE_ACCOUNT: serviceAccount,
        LABELS: labels,
        CLUSTER_ID: 'Kubernetes',
      },
    },
    dynamic_resources: {
      lds_config: config,
      cds_config: config,
      ads_config: {
        api_type: 'GRPC',
        transport_api_version: 'V3',
        set_node_on_first_message_only: true,
        grpc_services: [
          {
            envoy_grpc: { cluster_name: 'istiod' },
            initial_metadata: [{ key: 'authorization', value: `Bearer ${token}` }],
          },
        ],
      },
    },
    static_resources: { clusters: [istiodCluster(istiod.port, authority)] },
  };
}

function istiodCluster(port: number, authority: string): object {
  const address = { socket_address: { address: '127.0.0.1', port_value: port } };
  return {
    name: 'istiod',
    type: 'STATIC',
    load_assignment: {
      cluster_name: 'istiod',
      endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }],
    },
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        explicit_http_config: { http2_protocol_options: {} },
      },
    },
    transport_socket: {
      name: 'envoy.transport_sockets.tls',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
        sni: ISTIOD_NAME,
        common_tls_context: {
          validation_context: {
            trusted_ca: { inline_string: authority },
            match_typed_subject_alt_names: [{ san_type: 'DNS', matcher: { exact: ISTIOD_NAME } }],
          },
        },
      },
    },
  };
}
