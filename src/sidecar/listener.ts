/** A guarded port: Envoy's listener, the filters in order, and the app behind them. */

import { accessLog } from './access-log.ts';
import { type Authorizer, extAuthzFilter } from './authorizer.ts';
import { type ConfigObject, extension, type SocketAddress, seconds, socketAddress, typed } from './config.ts';
import { decidedFilter } from './decided.ts';
import type { ForwardedFor } from './forwarded-for.ts';
import { MAX_HEADERS } from './header-count.ts';
import { headersAfterCheck, headersBeforeCheck } from './headers.ts';
import { localReplies } from './replies.ts';
import { UNDERSCORE_ACTIONS, type UnderscoreHeaders } from './underscores.ts';
import { PASSED_OVER, UPGRADE } from './upgrades.ts';

export interface GuardedPort {
  /** The port as clients and bindings know it. */
  readonly port: number;
  /** Where Envoy takes its requests. */
  readonly listen: SocketAddress;
  readonly app: SocketAddress & {
    /** The address that Envoy calls the app from, so that the app takes no caller for localhost. */
    readonly from?: string;
    /** Called where the first refuses the connection: the pod's own, on which alone an app may listen. */
    readonly otherAddress?: string;
  };
  /** What the app speaks. Clients may come with either. */
  readonly protocol: 'HTTP' | 'H2C';
}

export interface HeaderChoices {
  /** Absent = Drop. */
  readonly underscoreHeaders?: UnderscoreHeaders;
  /** Absent = Append. */
  readonly forwardedFor?: ForwardedFor;
}

const BUFFER_BYTES = 64 * 1024;
const UNLIMITED = 4_294_967_295;

/** What either side may have under way that the other has not taken yet; Envoy's own limit is 256 times as much. */
const WINDOWS: ConfigObject = {
  initial_stream_window_size: BUFFER_BYTES,
  initial_connection_window_size: 16 * BUFFER_BYTES,
};

/** Names keep their capitals in HTTP/1, and a status its words, as some old clients and apps want them. */
const HEADERS_AS_SPELT: ConfigObject = {
  header_key_format: {
    stateful_formatter: extension(
      'preserve_case',
      'extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig',
      { forward_reason_phrase: true },
    ),
  },
};

const appCluster = (port: number): string => `app_${port}`;

/** The listener of one guarded port. */
export function guardedListener(
  guarded: GuardedPort,
  authorizer: Authorizer,
  { underscoreHeaders = 'Drop', forwardedFor = 'Append' }: HeaderChoices,
): ConfigObject {
  const { port } = guarded;
  return {
    name: `guarded_${port}`,
    address: socketAddress(guarded.listen),
    per_connection_buffer_limit_bytes: BUFFER_BYTES,
    filter_chains: [
      {
        filters: [
          extension(
            'envoy.filters.network.http_connection_manager',
            'extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
            {
              stat_prefix: `guarded_${port}`,
              codec_type: 'AUTO',
              ...asTheClientSentIt(),
              ...againstSlowClients(underscoreHeaders),
              upgrade_configs: [{ upgrade_type: UPGRADE }],
              http_filters: [
                headersBeforeCheck(port, underscoreHeaders),
                extAuthzFilter(authorizer),
                decidedFilter(),
                headersAfterCheck(forwardedFor),
                extension('envoy.filters.http.router', 'extensions.filters.http.router.v3.Router', {
                  suppress_envoy_headers: true,
                }),
              ],
              route_config: routes(port),
              local_reply_config: localReplies(),
              access_log: [accessLog(port)],
            },
          ),
        ],
      },
    ],
  };
}

/** The decision judged every reading of the path, so the app gets it byte for byte, and headers likewise. */
function asTheClientSentIt(): ConfigObject {
  return {
    normalize_path: false,
    merge_slashes: false,
    path_with_escaped_slashes_action: 'KEEP_UNCHANGED',
    server_header_transformation: 'PASS_THROUGH',
    // The outcome of the check and the app decide whether a body may come, not Envoy before either.
    proxy_100_continue: true,
    // A gateway's word on the caller's certificate. Envoy has none of its own to put in its place.
    forward_client_cert_details: 'ALWAYS_FORWARD_ONLY',
    // No address makes its sender "internal", for Envoy takes it from X-Forwarded-For. An empty list would
    // mean the private networks, so it holds one address that nobody calls from.
    internal_address_config: {
      unix_sockets: false,
      cidr_ranges: [{ address_prefix: '255.255.255.255', prefix_len: 32 }],
    },
  };
}

function againstSlowClients(underscoreHeaders: UnderscoreHeaders): ConfigObject {
  return {
    request_headers_timeout: seconds(10),
    // Long enough for a quiet WebSocket or server-sent events.
    stream_idle_timeout: seconds(3600),
    common_http_protocol_options: {
      headers_with_underscores_action: UNDERSCORE_ACTIONS[underscoreHeaders],
      max_headers_count: MAX_HEADERS,
      idle_timeout: seconds(3600),
    },
    // Gateways with HTTP/1.0 are many: it is what nginx speaks unless told otherwise.
    http_protocol_options: {
      accept_http_10: true,
      ignore_http_11_upgrade: PASSED_OVER,
      ...HEADERS_AS_SPELT,
    },
    http2_protocol_options: { max_concurrent_streams: 100, ...WINDOWS },
  };
}

function routes(port: number): ConfigObject {
  return {
    name: `guarded_${port}`,
    virtual_hosts: [
      {
        name: 'app',
        domains: ['*'],
        routes: [
          {
            // All but CONNECT, and `OPTIONS *` too, which has no slash.
            match: { prefix: '' },
            // How long an answer may take is the app's affair.
            route: { cluster: appCluster(port), timeout: seconds(0) },
          },
        ],
      },
    ],
  };
}

/** The app behind a guarded port, with no limit that it does not have itself. */
export function appClusterConfig({ port, app, protocol }: GuardedPort): ConfigObject {
  const name = appCluster(port);
  const explicit: ConfigObject =
    protocol === 'H2C' ? { http2_protocol_options: WINDOWS } : { http_protocol_options: HEADERS_AS_SPELT };
  return {
    name,
    type: 'STATIC',
    connect_timeout: seconds(5),
    per_connection_buffer_limit_bytes: BUFFER_BYTES,
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: endpointOf(app) }] }],
    },
    circuit_breakers: {
      thresholds: [
        {
          max_connections: UNLIMITED,
          max_pending_requests: UNLIMITED,
          max_requests: UNLIMITED,
          max_retries: UNLIMITED,
        },
      ],
    },
    ...bindOf(app),
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': typed(
        'extensions.upstreams.http.v3.HttpProtocolOptions',
        {
          // Many servers close a quiet connection after five seconds, some after two; a request on one that is
          // just being closed would be lost, and a new one within the pod costs next to nothing.
          common_http_protocol_options: { idle_timeout: seconds(1), max_headers_count: MAX_HEADERS },
          explicit_http_config: explicit,
        },
      ),
    },
  };
}

/** Envoy tries the second as soon as the first is refused, with every new connection. */
function endpointOf({ address, port, otherAddress }: GuardedPort['app']): ConfigObject {
  return {
    address: socketAddress({ address, port }),
    ...(otherAddress !== undefined && {
      additional_addresses: [{ address: socketAddress({ address: otherAddress, port }) }],
    }),
  };
}

function bindOf({ from, otherAddress }: GuardedPort['app']): ConfigObject {
  if (from === undefined) return {};
  const source = (address: string): ConfigObject => ({ address, port_value: 0 });
  // Of IPv6 loopback has but one address, and an IPv4 address calls nobody there.
  const extra = otherAddress?.includes(':') === true ? [{ address: source(otherAddress) }] : [];
  return {
    upstream_bind_config: {
      source_address: source(from),
      ...(extra.length > 0 && { extra_source_addresses: extra }),
    },
  };
}
