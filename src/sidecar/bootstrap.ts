/** The whole configuration of the Envoy that stands in front of an app: `make run`, injection and tests. */

import { appClusters } from './app-cluster.ts';
import { type Authorizer, authorizerCluster } from './authorizer.ts';
import { type ConfigObject, extension, type SocketAddress, seconds, socketAddress } from './config.ts';
import { countersAlone, countersCluster, countersListener } from './counters.ts';
import { type GuardedPort, guardedListener, type HeaderChoices } from './listener.ts';

export interface EnvoyOptions extends HeaderChoices {
  /** At least one; no two of one `port`. */
  readonly listeners: readonly GuardedPort[];
  readonly authorizer: Authorizer;
  /** Port of Envoy's admin page, which is always on 127.0.0.1; it can stop Envoy and show its configuration. */
  readonly admin: number | 'off';
  /** Where its counters can be read, and nothing else. They come from the admin page: on a socket, where it has no port. */
  readonly counters?: { readonly listen: SocketAddress; readonly adminSocket: string };
  /** What Envoy may allocate before it sheds load, in bytes: somewhat less than its container may use. */
  readonly maxHeapBytes: number;
  /**
   * A file that is there already. While it holds DRAINING instead of SERVING, Envoy answers as ever, and asks each
   * client to come on a new connection. Noticed when another file takes its place.
   */
  readonly drainFile?: string;
}

export const SERVING = '0';
export const DRAINING = '1';

/** A client that opens requests only to reset them gets its turn among the others, not before them. */
const RUNTIME: ConfigObject = { 'http.max_requests_per_io_cycle': 8 };

/** Downstream connections that Envoy keeps at one time; more are closed at once. */
const MAX_CONNECTIONS = 20_000;

/** The bootstrap document; `renderConfig` writes it for `envoy -c`. */
export function envoyBootstrap(options: EnvoyOptions): ConfigObject {
  const { listeners, authorizer, counters, maxHeapBytes, drainFile } = options;
  const admin = adminAddress(options);
  return {
    node: { id: 'portcullis', cluster: 'portcullis' },
    ...(admin !== undefined && { admin: { address: admin } }),
    ...(counters !== undefined && { stats_config: countersAlone }),
    static_resources: {
      listeners: [
        ...listeners.map((listener) => guardedListener(listener, authorizer, options)),
        ...(counters === undefined ? [] : [countersListener(counters.listen)]),
      ],
      clusters: [
        ...listeners.flatMap(appClusters),
        authorizerCluster(authorizer),
        ...(counters === undefined || admin === undefined ? [] : [countersCluster(admin)]),
      ],
    },
    layered_runtime: { layers: [{ name: 'static', static_layer: RUNTIME }] },
    overload_manager: overloadManager(maxHeapBytes, drainFile),
  };
}

function adminAddress({ admin, counters }: EnvoyOptions): ConfigObject | undefined {
  if (admin !== 'off') return socketAddress({ address: '127.0.0.1', port: admin });
  // For its user alone.
  return counters && { pipe: { path: counters.adminSocket, mode: 0o600 } };
}

const HEAP = 'envoy.resource_monitors.fixed_heap';
const DRAIN = 'envoy.resource_monitors.injected_resource';
const MONITORS = 'extensions.resource_monitors';

function overloadManager(maxHeapBytes: number, drainFile: string | undefined): ConfigObject {
  const drain = drainFile === undefined ? [] : [drainMonitor(drainFile)];
  return {
    refresh_interval: seconds(0.25),
    resource_monitors: [
      extension(HEAP, `${MONITORS}.fixed_heap.v3.FixedHeapConfig`, { max_heap_size_bytes: maxHeapBytes }),
      extension(
        'envoy.resource_monitors.global_downstream_max_connections',
        `${MONITORS}.downstream_connections.v3.DownstreamConnectionsConfig`,
        { max_active_downstream_connections: MAX_CONNECTIONS },
      ),
      ...drain,
    ],
    actions: [
      action('shrink_heap', [trigger(HEAP, 0.9)]),
      action('disable_http_keepalive', [
        trigger(HEAP, 0.92),
        ...drain.map(() => trigger(DRAIN, Number(DRAINING))),
      ]),
      action('stop_accepting_requests', [trigger(HEAP, 0.95)]),
    ],
  };
}

const drainMonitor = (filename: string): ConfigObject =>
  extension(DRAIN, `${MONITORS}.injected_resource.v3.InjectedResourceConfig`, { filename });

const action = (name: string, triggers: readonly ConfigObject[]): ConfigObject => ({
  name: `envoy.overload_actions.${name}`,
  triggers,
});

const trigger = (name: string, value: number): ConfigObject => ({ name, threshold: { value } });
