/** The whole configuration of the Envoy that stands in front of an app: `make run`, injection and tests. */

import { type Authorizer, authorizerCluster } from './authorizer.ts';
import { type ConfigObject, extension, seconds, socketAddress } from './config.ts';
import { appClusterConfig, type GuardedPort, guardedListener } from './listener.ts';

export interface EnvoyOptions {
  /** At least one; no two of one `port`. */
  readonly listeners: readonly GuardedPort[];
  readonly authorizer: Authorizer;
  /** Port of Envoy's admin page, which is always on 127.0.0.1; it can stop Envoy and show its configuration. */
  readonly admin: number | 'off';
  /** What Envoy may allocate before it sheds load, in bytes: somewhat less than its container may use. */
  readonly maxHeapBytes: number;
}

/** Downstream connections that Envoy keeps at one time; more are closed at once. */
const MAX_CONNECTIONS = 20_000;

/** The bootstrap document; `renderConfig` writes it for `envoy -c`. */
export function envoyBootstrap(options: EnvoyOptions): ConfigObject {
  const { listeners, authorizer, admin, maxHeapBytes } = options;
  return {
    node: { id: 'portcullis', cluster: 'portcullis' },
    ...(admin === 'off' ? {} : { admin: { address: socketAddress({ address: '127.0.0.1', port: admin }) } }),
    static_resources: {
      listeners: listeners.map((listener) => guardedListener(listener, authorizer)),
      clusters: [...listeners.map(appClusterConfig), authorizerCluster(authorizer)],
    },
    overload_manager: overloadManager(maxHeapBytes),
  };
}

function overloadManager(maxHeapBytes: number): ConfigObject {
  const monitors = 'extensions.resource_monitors';
  return {
    refresh_interval: seconds(0.25),
    resource_monitors: [
      extension('envoy.resource_monitors.fixed_heap', `${monitors}.fixed_heap.v3.FixedHeapConfig`, {
        max_heap_size_bytes: maxHeapBytes,
      }),
      extension(
        'envoy.resource_monitors.global_downstream_max_connections',
        `${monitors}.downstream_connections.v3.DownstreamConnectionsConfig`,
        { max_active_downstream_connections: MAX_CONNECTIONS },
      ),
    ],
    actions: [
      heapAction('envoy.overload_actions.shrink_heap', 0.9),
      heapAction('envoy.overload_actions.stop_accepting_requests', 0.95),
    ],
  };
}

function heapAction(name: string, share: number): ConfigObject {
  return {
    name,
    triggers: [{ name: 'envoy.resource_monitors.fixed_heap', threshold: { value: share } }],
  };
}
