/** Somebody's gateway, a plain Envoy, with what `portcullis envoy-config` prints. */

import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { mustRun } from '../../tools/run.ts';

export interface Manager {
  readonly http_filters: readonly object[];
}
export interface Resources {
  readonly clusters: readonly object[];
}

const program = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

/** What `portcullis envoy-config --for …` prints, document by document. */
export async function printed(...args: string[]): Promise<readonly unknown[]> {
  const out = await mustRun(process.execPath, [program, 'envoy-config', '--for', ...args]);
  return parseAllDocuments(out).map((document) => document.toJS());
}

const router = {
  name: 'envoy.filters.http.router',
  typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
};

/** What a route may ask for. */
const NOT_LOST = { name: 'lost', present_match: true, invert_match: true };

/** Somebody's gateway, with the pieces where their comments say that they go. */
export function gateway(manager: Manager, { clusters }: Resources, appPort = 3000): object {
  const endpoint = { address: { socket_address: { address: '127.0.0.1', port_value: appPort } } };
  const virtualHost = {
    name: 'app',
    domains: ['*'],
    // By default Envoy ends an answer after 15 seconds, streams among them.
    routes: [{ match: { prefix: '/', headers: [NOT_LOST] }, route: { cluster: 'app', timeout: '0s' } }],
  };
  return {
    static_resources: {
      listeners: [
        {
          name: 'edge',
          address: { socket_address: { address: '127.0.0.1', port_value: 0 } },
          filter_chains: [
            {
              filters: [
                {
                  name: 'envoy.filters.network.http_connection_manager',
                  typed_config: {
                    '@type':
                      'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
                    stat_prefix: 'edge',
                    route_config: { virtual_hosts: [virtualHost] },
                    upgrade_configs: [{ upgrade_type: 'websocket' }],
                    ...manager,
                    http_filters: [...manager.http_filters, router],
                  },
                },
              ],
            },
          ],
        },
      ],
      clusters: [
        {
          name: 'app',
          type: 'STATIC',
          load_assignment: { cluster_name: 'app', endpoints: [{ lb_endpoints: [{ endpoint }] }] },
        },
        ...clusters,
      ],
    },
  };
}
