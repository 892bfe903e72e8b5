/** A guarded port: Envoy's listener, the filters in order, and the app behind them. */

import { accessLog } from './access-log.ts';
import { appCluster, type GuardedApp, upgradeCluster } from './app-cluster.ts';
import { type Authorizer, extAuthzFilter } from './authorizer.ts';
import { BUFFER_BYTES, HEADERS_AS_SPELT, WINDOWS } from './codecs.ts';
import { type ConfigObject, extension, type SocketAddress, seconds, socketAddress } from './config.ts';
import { decidedFilter } from './decided.ts';
import type { ForwardedFor } from './forwarded-for.ts';
import { MAX_ENVOY_HEADERS } from './header-count.ts';
import { headersAfterCheck, headersBeforeCheck } from './headers.ts';
import { callersTls } from './port-tls.ts';
import { localReplies } from './replies.ts';
import { UNDERSCORE_ACTIONS, type UnderscoreHeaders } from './underscores.ts';
import { PASSED_OVER, UPGRADE } from './upgrades.ts';

export interface GuardedPort extends GuardedApp {
  /** Where Envoy takes its requests. */
  readonly listen: SocketAddress;
}

export interface HeaderChoices {
  /** Absent = Drop. */
  readonly underscoreHeaders?: UnderscoreHeaders;
  /** Absent = Append. */
  readonly forwardedFor?: ForwardedFor;
}

/** The listener of one guarded port. */
export function guardedListener(
  guarded: GuardedPort,
  authorizer: Authorizer,
  { underscoreHeaders = 'Drop', forwardedFor = 'Append' }: HeaderChoices,
): ConfigObject {
  const { port, tls, tlsFiles } = guarded;
  return {
    name: `guarded_${port}`,
    address: socketAddress(guarded.listen),
    per_connection_buffer_limit_bytes: BUFFER_BYTES,
    filter_chains: [
      {
        ...(tls?.secretName !== undefined &&
          tlsFiles !== undefined && { transport_socket: callersTls(port, tlsFiles) }),
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
              route_config: routes(guarded),
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
    // mean the private networks, so it holds one address that no client calls from.
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
      max_headers_count: MAX_ENVOY_HEADERS,
      idle_timeout: seconds(3600),
    },
    // Gateways with HTTP/1.0 are many: it is the default of nginx.
    http_protocol_options: {
      accept_http_10: true,
      ignore_http_11_upgrade: PASSED_OVER,
      ...HEADERS_AS_SPELT,
    },
    http2_protocol_options: { max_concurrent_streams: 100, ...WINDOWS },
  };
}

function routes({ port, protocol }: GuardedPort): ConfigObject {
  // How long an answer may take is the app's affair.
  const route = (cluster: string): ConfigObject => ({ cluster, timeout: seconds(0) });
  const upgrade = [{ name: 'upgrade', string_match: { exact: UPGRADE, ignore_case: true } }];
  return {
    name: `guarded_${port}`,
    virtual_hosts: [
      {
        name: 'app',
        domains: ['*'],
        routes: [
          ...(protocol === 'HTTPS'
            ? [{ match: { prefix: '', headers: upgrade }, route: route(upgradeCluster(port)) }]
            : []),
          // All but CONNECT, and `OPTIONS *` too, which has no slash.
          { match: { prefix: '' }, route: route(appCluster(port)) },
        ],
      },
    ],
  };
}
