/** What Prometheus may read of Envoy itself, which goes on counting where no validator answers, and nothing else of it. */

import { type ConfigObject, extension, type SocketAddress, seconds, socketAddress } from './config.ts';

/** Prometheus' own path. */
const PAGE = '/metrics';
const CLUSTER = 'counters';
/** Scrapers are few; with more, they would take the connections of the guarded ports. */
const MAX_CONNECTIONS = 32;

/**
 * All counters that there are: Envoy makes no others, so no page can show them. Checks that were refused or got no
 * answer; requests that passed the check and had no decision (decided.ts); answers of the app, or for want of one, of 500 and more.
 */
const COUNTERS: readonly string[] = [
  String.raw`http\.guarded_\d+\.ext_authz\.portcullis\.(denied|error)`,
  String.raw`http\.guarded_\d+\.rbac\.denied`,
  String.raw`cluster\.app_\d+(_http1)?\.upstream_rq_5xx`,
];

/** For `stats_config`. */
export const countersAlone: ConfigObject = {
  stats_matcher: {
    inclusion_list: { patterns: COUNTERS.map((regex) => ({ safe_regex: { regex } })) },
  },
};

/** Its one page comes from Envoy's administration interface, of which it shows no other. */
export function countersListener(listen: SocketAddress): ConfigObject {
  return {
    name: 'counters',
    address: socketAddress(listen),
    per_connection_buffer_limit_bytes: 16 * 1024,
    filter_chains: [{ filters: [connectionLimit(), page()] }],
  };
}

const connectionLimit = (): ConfigObject =>
  extension(
    'envoy.filters.network.connection_limit',
    'extensions.filters.network.connection_limit.v3.ConnectionLimit',
    { stat_prefix: 'counters', max_connections: MAX_CONNECTIONS },
  );

function page(): ConfigObject {
  return extension(
    'envoy.filters.network.http_connection_manager',
    'extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    {
      stat_prefix: 'counters',
      codec_type: 'HTTP1',
      request_headers_timeout: seconds(5),
      request_timeout: seconds(10),
      stream_idle_timeout: seconds(10),
      common_http_protocol_options: { idle_timeout: seconds(90) },
      max_request_headers_kb: 8,
      http_filters: [extension('envoy.filters.http.router', 'extensions.filters.http.router.v3.Router', {})],
      route_config: {
        virtual_hosts: [
          {
            name: 'counters',
            domains: ['*'],
            routes: [
              {
                // With its query, of which there is none: the page would obey it.
                match: { path: PAGE, headers: [is(':path', PAGE), is(':method', 'GET')] },
                route: { cluster: CLUSTER, prefix_rewrite: '/stats/prometheus', timeout: seconds(10) },
              },
              {
                match: { prefix: '' },
                direct_response: { status: 404, body: { inline_string: `there is GET ${PAGE}\n` } },
              },
            ],
          },
        ],
      },
    },
  );
}

const is = (name: string, exact: string): ConfigObject => ({ name, string_match: { exact } });

/** @param admin address of the administration interface. */
export function countersCluster(admin: ConfigObject): ConfigObject {
  return {
    name: CLUSTER,
    type: 'STATIC',
    connect_timeout: seconds(1),
    load_assignment: {
      cluster_name: CLUSTER,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: admin } }] }],
    },
  };
}
