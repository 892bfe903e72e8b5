/** How Envoy asks the validator: the ext_authz filter and the cluster behind it. Fails closed. */

import { CHECK_PREFIX } from './check-forms.ts';
import { type ConfigObject, extension, type SocketAddress, seconds, socketAddress, typed } from './config.ts';

/** Where the validator listens. `unix` and `tcp` speak HTTP, `grpc` speaks gRPC; an address may be a name. */
export type Authorizer =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly address: string; readonly port: number }
  | { readonly kind: 'grpc'; readonly address: SocketAddress | { readonly path: string } };

/** How the validator has to show itself. */
export interface AuthorizerTls {
  /** Its name, or its IP address, by which its certificate must be for it. */
  readonly name: string;
  /** Of a Secret in the file that follows: whom Envoy trusts. */
  readonly secret: string;
  readonly secretFile: string;
}

export const AUTHORIZER_CLUSTER = 'portcullis_validator';
export const EXT_AUTHZ = 'envoy.filters.http.ext_authz';
/** Headers of the validator's answer that go to the access log alone. */
export const METADATA_PREFIX = 'portcullis-';

/** A validator that does not answer in this time, in seconds, has refused. */
export const CHECK_TIMEOUT = 1;

/** What a client may see of a denial. Envoy adds Status, Content-Length, WWW-Authenticate and Location. */
export const CLIENT_HEADERS = [
  { exact: 'content-type' },
  { exact: 'cache-control' },
  { exact: 'retry-after' },
  { exact: 'vary' },
  { exact: 'allow' },
  { exact: 'grpc-status' },
  { prefix: 'access-control-' },
] as const satisfies readonly ConfigObject[];

/**
 * What the app gets of an allowing answer: claim headers all start so, and Cookie comes without the token. A
 * pattern that took every header would take content-length as well.
 */
export const UPSTREAM_HEADERS = [
  { prefix: 'x-' },
  { exact: 'cookie' },
] as const satisfies readonly ConfigObject[];

/** The ext_authz filter, in front of everything that could act on a request. */
export function extAuthzFilter(authorizer: Authorizer): ConfigObject {
  return extension(EXT_AUTHZ, 'extensions.filters.http.ext_authz.v3.ExtAuthz', {
    transport_api_version: 'V3',
    stat_prefix: 'portcullis',
    failure_mode_allow: false,
    status_on_error: { code: 'ServiceUnavailable' },
    validate_mutations: true,
    // Keeps doubled headers apart and their bytes as they were.
    encode_raw_headers: true,
    // The check itself has no body to wait for.
    disallowed_headers: { patterns: [{ exact: 'expect' }] },
    ...(authorizer.kind === 'grpc' ? grpcService() : httpService()),
  });
}

function httpService(): ConfigObject {
  return {
    // Expressions may read any header, and forged ones have to be seen to be removed.
    allowed_headers: { patterns: [{ safe_regex: { regex: '.*' } }] },
    http_service: {
      server_uri: {
        uri: 'http://portcullis.invalid',
        cluster: AUTHORIZER_CLUSTER,
        timeout: seconds(CHECK_TIMEOUT),
      },
      path_prefix: CHECK_PREFIX,
      authorization_response: {
        allowed_upstream_headers: { patterns: UPSTREAM_HEADERS },
        allowed_client_headers: { patterns: CLIENT_HEADERS },
        dynamic_metadata_from_headers: { patterns: [{ prefix: METADATA_PREFIX }] },
      },
    },
  };
}

function grpcService(): ConfigObject {
  return {
    grpc_service: {
      envoy_grpc: { cluster_name: AUTHORIZER_CLUSTER },
      timeout: seconds(CHECK_TIMEOUT),
    },
  };
}

/** The cluster of one endpoint that the filter asks; in plain text where nothing is said of TLS. */
export function authorizerCluster(authorizer: Authorizer, tls?: AuthorizerTls): ConfigObject {
  const protocol: ConfigObject =
    authorizer.kind === 'grpc' ? { http2_protocol_options: {} } : { http_protocol_options: {} };
  return {
    name: AUTHORIZER_CLUSTER,
    // A Service may have addresses of both families, and Envoy a way to one of them alone: it tries both in turn.
    // With STRICT_DNS each would be a host of its own, and half of the checks would fail.
    ...(isNamed(authorizer) ? { type: 'LOGICAL_DNS', dns_lookup_family: 'ALL' } : { type: 'STATIC' }),
    connect_timeout: seconds(CHECK_TIMEOUT),
    load_assignment: {
      cluster_name: AUTHORIZER_CLUSTER,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: endpointAddress(authorizer) } }] }],
    },
    ...(tls !== undefined && { transport_socket: upstreamTls(tls, authorizer.kind === 'grpc') }),
    // Room for a burst; what the validator cannot take it refuses itself, counted and with a reason.
    circuit_breakers: {
      thresholds: [{ max_connections: 1024, max_pending_requests: 16_384, max_requests: 16_384 }],
    },
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': typed(
        'extensions.upstreams.http.v3.HttpProtocolOptions',
        {
          // Quiet connections are closed from this end, so that no check goes out on one that the other
          // end is just closing: Node.js does so after five seconds by default.
          common_http_protocol_options: { idle_timeout: seconds(4) },
          explicit_http_config: protocol,
        },
      ),
    },
  };
}

/** Where authority, name or dates do not fit, Envoy asks no validator, and refuses. */
function upstreamTls({ name, secret, secretFile }: AuthorizerTls, isGrpc: boolean): ConfigObject {
  const isAddress = ADDRESS.test(name);
  return extension('envoy.transport_sockets.tls', 'extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
    ...(!isAddress && { sni: name }),
    common_tls_context: {
      alpn_protocols: [isGrpc ? 'h2' : 'http/1.1'],
      combined_validation_context: {
        default_validation_context: {
          match_typed_subject_alt_names: [
            { san_type: isAddress ? 'IP_ADDRESS' : 'DNS', matcher: { exact: name } },
          ],
        },
        validation_context_sds_secret_config: {
          name: secret,
          sds_config: { path_config_source: { path: secretFile }, resource_api_version: 'V3' },
        },
      },
    },
  });
}

const ADDRESS = /^[\d.]+$|:/;

/** Whether its address has to be looked up. */
function isNamed(authorizer: Authorizer): boolean {
  switch (authorizer.kind) {
    case 'unix':
      return false;
    case 'tcp':
      return !ADDRESS.test(authorizer.address);
    case 'grpc':
      return !('path' in authorizer.address) && !ADDRESS.test(authorizer.address.address);
  }
}

function endpointAddress(authorizer: Authorizer): ConfigObject {
  switch (authorizer.kind) {
    case 'unix':
      return { pipe: { path: authorizer.path } };
    case 'tcp':
      return socketAddress(authorizer);
    case 'grpc':
      return 'path' in authorizer.address
        ? { pipe: { path: authorizer.address.path } }
        : socketAddress(authorizer.address);
  }
}
