// A real Envoy that names its routes to the authorization service, in the way in which Envoy Gateway configures it.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoApi, startDemoApi } from '../../dev/api.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { manualClock } from '../../src/base/testing/manual-clock.ts';
import { createAuthorizer } from '../../src/validator/authorizer.ts';
import { type GrpcService, startGrpcService } from '../../src/validator/grpc/server.ts';
import { atOnce } from '../../src/validator/testing/asking.ts';
import { createTokenCache } from '../../src/validator/token-cache.ts';
import { enforce } from '../support/decide.ts';
import { bindingPolicy } from '../support/policy.ts';
import { type Sent, send } from './guarded.ts';
import { type Envoy, startEnvoy } from './harness.ts';

const at = (id: string, section?: string) => {
  const [, name = ''] = id.split('/');
  const route = { kind: 'HTTPRoute', name: 'web', ...(section !== undefined && { section }) } as const;
  const of = { routes: [name === 'open' ? { ...route, name } : route], hosts: name === 'open' ? [''] : [] };
  return bindingPolicy({ realm: id }, { id, atGateway: of, mode: name === 'open' ? 'Disabled' : 'Enforce' });
};
const enforcer = enforce(at('shop/web'), at('shop/admin', 'admin'), at('bank/web'), at('shop/open'));

const resource = (namespace: string, name: string, sectionName?: string): JsonObject => ({
  ...{ kind: 'HTTPRoute', namespace, name },
  ...(sectionName !== undefined && { sectionName }),
  annotations: { 'example.com/name': 'open' },
});
/** A prefix, and what the metadata of Envoy's route says. */
const ROUTES: readonly (readonly [prefix: string, resources: readonly JsonObject[] | undefined])[] = [
  ['/shop/admin', [resource('shop', 'web', 'admin')]],
  ['/shop', [resource('shop', 'web', 'rest')]],
  ['/bank', [resource('bank', 'web')]],
  ['/free', [resource('bank', 'free')]],
  ['/two', [resource('shop', 'open'), resource('bank', 'web')]],
  ['/odd', [{ kind: 'HTTPRoute', name: 'open' }]],
  ['/untold', undefined],
];

let api: DemoApi;
let service: GrpcService;
let envoy: Envoy;
const errors: unknown[] = [];

beforeAll(async () => {
  const judge = createAuthorizer({
    enforcer: () => enforcer,
    refreshKeys: () => undefined,
    cache: createTokenCache(),
    queue: { submit: () => 'overloaded' },
    clock: manualClock(),
    metrics: { tokenCacheHit: () => undefined, tokenCacheMiss: () => undefined },
    onUnspelt: () => undefined,
    onError: (error) => errors.push(error),
  });
  const parts = {
    ask: atOnce(({ request }) => judge(request)),
    record: () => undefined,
    onError: (error: unknown) => void errors.push(error),
  };
  service = await startGrpcService({ kind: 'tcp', host: '127.0.0.1', port: 0 }, parts);
  if (service.address.kind !== 'tcp') throw new Error('gRPC does not listen on TCP');
  api = await startDemoApi(0);
  envoy = await startEnvoy(bootstrap(service.address.port, api.port));
});
afterAll(async () => {
  await envoy?.stop();
  service?.destroy();
  await api?.stop();
  expect(errors).toEqual([]);
});

const FILTERS = 'type.googleapis.com/envoy.extensions.filters';
const cluster = (name: string, port: number, more: object = {}): object => {
  const address = { socket_address: { address: '127.0.0.1', port_value: port } };
  const load_assignment = { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] };
  return { name, type: 'STATIC', load_assignment, ...more };
};

function bootstrap(validator: number, app: number): object {
  const h2 = {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
      explicit_http_config: { http2_protocol_options: {} },
    },
  };
  const routes = ROUTES.map(([prefix, resources]) => ({
    match: { path_separated_prefix: prefix },
    route: { cluster: 'app' },
    ...(resources !== undefined && { metadata: { filter_metadata: { 'envoy-gateway': { resources } } } }),
  }));
  const filter = (name: string, type: string, config: object = {}): object => ({
    name,
    typed_config: { '@type': `${FILTERS}.http.${type}`, ...config },
  });
  const http_filters = [
    // What a client sends becomes dynamic metadata of that very name, which is told as well.
    filter('to_metadata', 'header_to_metadata.v3.Config', {
      request_rules: [
        {
          header: 'x-route',
          on_header_present: { metadata_namespace: 'envoy-gateway', key: 'resources', type: 'STRING' },
        },
      ],
    }),
    filter('envoy.filters.http.ext_authz', 'ext_authz.v3.ExtAuthz', {
      transport_api_version: 'V3',
      grpc_service: { envoy_grpc: { cluster_name: 'validator' }, timeout: '10s' },
      route_metadata_context_namespaces: ['envoy-gateway'],
      metadata_context_namespaces: ['envoy-gateway'],
    }),
    filter('envoy.filters.http.router', 'router.v3.Router'),
  ];
  const manager = {
    '@type': `${FILTERS}.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: 'edge',
    route_config: { virtual_hosts: [{ name: 'all', domains: ['*'], routes }] },
    http_filters,
  };
  return {
    static_resources: {
      listeners: [
        {
          name: 'edge',
          address: { socket_address: { address: '127.0.0.1', port_value: 0 } },
          filter_chains: [
            { filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }] },
          ],
        },
      ],
      clusters: [
        cluster('app', app),
        cluster('validator', validator, { typed_extension_protocol_options: h2 }),
      ],
    },
  };
}

/** The binding that has refused, or the status. */
async function decidedBy(target: string, headers: Sent['headers'] = []): Promise<string> {
  const sent = { target, headers: [['host', 'shared.example'], ...headers] } as const;
  const { status, headers: answered, body } = await send(envoy.ports.edge ?? 0, sent);
  const realm = /realm="([^"]*)"/.exec(String(answered['www-authenticate']))?.[1];
  if (realm !== undefined) return realm;
  return status === 200 ? 'allowed' : `${status} ${JSON.parse(body).reason}`;
}

describe('a request', () => {
  it.each([
    ['/shop/x', 'shop/web'],
    ['/shop/admin', 'shop/admin'],
    ['/bank/x', 'bank/web'],
    ['/free', '403 host_unbound'],
    ['/two', '403 host_unbound'],
    ['/odd', '403 host_unbound'],
    // Of which nothing is said: who has the host decides, and is open.
    ['/untold', 'allowed'],
  ])('for %s is decided by %s, whatever the client says', async (target, expected) => {
    expect(await decidedBy(target)).toBe(expected);
    const value = JSON.stringify([resource('shop', 'open')]);
    for (const name of ['x-route', 'x-portcullis-route', 'envoy-gateway']) {
      expect(await decidedBy(target, [[name, value]]), name).toBe(expected);
    }
  });
});
