/** The app behind a guarded port, as Envoy calls it. */

import { BUFFER_BYTES, HEADERS_AS_SPELT, WINDOWS } from './codecs.ts';
import { type ConfigObject, type SocketAddress, seconds, socketAddress, typed } from './config.ts';
import { MAX_ENVOY_HEADERS } from './header-count.ts';
import { appTls, type PortTls, type PortTlsFiles } from './port-tls.ts';

export interface GuardedApp {
  /** The port as clients and bindings know it. */
  readonly port: number;
  readonly app: SocketAddress & {
    /** The address that Envoy calls the app from, so that the app takes no caller for localhost. */
    readonly from?: string;
    /** Called where the first refuses the connection: the pod's own, on which alone an app may listen. */
    readonly otherAddress?: string;
  };
  /** What the app speaks. Clients may come with either version of HTTP. */
  readonly protocol: 'HTTP' | 'H2C' | 'HTTPS';
  readonly tls?: PortTls;
  /** There where `tls` names a Secret or a ConfigMap. */
  readonly tlsFiles?: PortTlsFiles;
}

const UNLIMITED = 4_294_967_295;

export const appCluster = (port: number): string => `app_${port}`;
/** Of an app that may choose HTTP/2 in TLS: WebSockets are HTTP/1.1 to nearly all. */
export const upgradeCluster = (port: number): string => `app_${port}_http1`;

/** The app behind a guarded port, with no limit that it does not have itself. */
export function appClusters(guarded: GuardedApp): readonly ConfigObject[] {
  const { port } = guarded;
  switch (guarded.protocol) {
    case 'HTTP':
      return [cluster(appCluster(port), guarded, { explicit_http_config: HTTP1 })];
    case 'H2C':
      return [
        cluster(appCluster(port), guarded, { explicit_http_config: { http2_protocol_options: WINDOWS } }),
      ];
    case 'HTTPS': {
      const either = { auto_config: { ...HTTP1, http2_protocol_options: WINDOWS } };
      return [
        cluster(appCluster(port), guarded, either),
        cluster(upgradeCluster(port), guarded, { explicit_http_config: HTTP1 }),
      ];
    }
  }
}

const HTTP1: ConfigObject = { http_protocol_options: HEADERS_AS_SPELT };

function cluster(name: string, guarded: GuardedApp, protocols: ConfigObject): ConfigObject {
  const { port, app, protocol, tls = {}, tlsFiles } = guarded;
  return {
    name,
    type: 'STATIC',
    connect_timeout: seconds(5),
    per_connection_buffer_limit_bytes: BUFFER_BYTES,
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: endpointOf(app) }] }],
    },
    ...(protocol === 'HTTPS' && { transport_socket: appTls(port, tls, tlsFiles) }),
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
          common_http_protocol_options: { idle_timeout: seconds(1), max_headers_count: MAX_ENVOY_HEADERS },
          ...protocols,
        },
      ),
    },
  };
}

/** Envoy tries the second as soon as the first is refused, with every new connection. */
function endpointOf({ address, port, otherAddress }: GuardedApp['app']): ConfigObject {
  return {
    address: socketAddress({ address, port }),
    ...(otherAddress !== undefined && {
      additional_addresses: [{ address: socketAddress({ address: otherAddress, port }) }],
    }),
  };
}

function bindOf({ from, otherAddress }: GuardedApp['app']): ConfigObject {
  if (from === undefined) return {};
  const source = (address: string): ConfigObject => ({ address, port_value: 0 });
  // Of IPv6 loopback has but one address, and no server listens at an IPv4 address there.
  const extra = otherAddress?.includes(':') === true ? [{ address: source(otherAddress) }] : [];
  return {
    upstream_bind_config: {
      source_address: source(from),
      ...(extra.length > 0 && { extra_source_addresses: extra }),
    },
  };
}
