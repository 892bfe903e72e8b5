import { describe, expect, it } from 'vitest';
import type { Authorizer } from './authorizer.ts';
import { type EnvoyOptions, envoyBootstrap } from './bootstrap.ts';
import { renderConfig } from './config.ts';
import type { GuardedPort } from './listener.ts';

const web: GuardedPort = {
  port: 8080,
  listen: { address: '::', port: 15906 },
  app: { address: '127.0.0.1', port: 8080, from: '127.0.0.6' },
  protocol: 'HTTP',
};
const grpcApp: GuardedPort = {
  port: 9090,
  listen: { address: '0.0.0.0', port: 15907 },
  app: { address: '127.0.0.1', port: 9090 },
  protocol: 'H2C',
};
const socket: Authorizer = { kind: 'unix', path: '/run/portcullis/validator.sock' };

/** The configuration as Envoy reads it: from its text. */
function bootstrap(options: Partial<EnvoyOptions> = {}): unknown {
  const config = envoyBootstrap({
    listeners: [web],
    authorizer: socket,
    admin: 'off',
    maxHeapBytes: 128 * 1024 * 1024,
    ...options,
  });
  return JSON.parse(renderConfig(config));
}

/** The value at a path such as `listeners.0.name`; fails where there is none. */
function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((here, step) => {
    if (typeof here !== 'object' || here === null || !(step in here))
      throw new Error(`no ${step} of ${path}`);
    return Object.entries(here).find(([name]) => name === step)?.[1];
  }, value);
}

const manager = (config: unknown, listener = 0): unknown =>
  at(config, `static_resources.listeners.${listener}.filter_chains.0.filters.0.typed_config`);
const filter = (config: unknown, index: number): unknown => at(manager(config), `http_filters.${index}`);
const explicitProtocol = (clusters: unknown, index: number): unknown => {
  const [options] = Object.values(Object(at(clusters, `${index}.typed_extension_protocol_options`)));
  return at(options, 'explicit_http_config');
};
const extAuthz = (config: unknown): unknown => at(filter(config, 1), 'typed_config');

describe('a guarded port', () => {
  it('is cleaned, judged, held to the judgement, and only then routed', () => {
    const names = at(manager(bootstrap()), 'http_filters');
    expect(names).toMatchObject([
      { name: 'portcullis.before_check' },
      { name: 'envoy.filters.http.ext_authz' },
      { name: 'envoy.filters.http.rbac' },
      { name: 'portcullis.after_check' },
      { name: 'envoy.filters.http.router' },
    ]);
  });

  it('tells the validator the guarded port and the true peer, over what the client sent', () => {
    const mutations = at(filter(bootstrap(), 0), 'typed_config.mutations.request_mutations');
    const overwrite = 'OVERWRITE_IF_EXISTS_OR_ADD';
    expect(mutations).toContainEqual({
      append: { header: { key: 'x-portcullis-port', value: '8080' }, append_action: overwrite },
    });
    expect(mutations).toContainEqual({
      append: {
        header: { key: 'x-portcullis-client', value: '%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%' },
        append_action: overwrite,
      },
    });
  });

  it.each([
    'x-original-url',
    'x-rewrite-url',
    'x-http-method-override',
    'x-http-method',
    'x-method-override',
    'x-envoy-max-retries',
  ])('loses %s before the check', (name) => {
    expect(at(filter(bootstrap(), 0), 'typed_config.mutations.request_mutations')).toContainEqual({
      remove: name,
    });
  });

  it('keeps the path as it came and leaves out names with underscores', () => {
    expect(manager(bootstrap())).toMatchObject({
      normalize_path: false,
      merge_slashes: false,
      path_with_escaped_slashes_action: 'KEEP_UNCHANGED',
      common_http_protocol_options: { headers_with_underscores_action: 'DROP_HEADER' },
    });
  });

  it('logs the decision and never the query', () => {
    const log = at(manager(bootstrap()), 'access_log.0.typed_config.log_format.json_format');
    expect(log).toMatchObject({
      path: '%PATH(NQ:PATH)%',
      reason: '%DYNAMIC_METADATA(envoy.filters.http.ext_authz:portcullis-reason)%',
      port: 8080,
    });
    expect(JSON.stringify(log)).not.toMatch(/%REQ\(:PATH\)|ORIGINAL-PATH|AUTHORIZATION\)/);
  });

  it('each has a listener, and calls its app with its own protocol from its own address', () => {
    const config = bootstrap({ listeners: [web, grpcApp] });
    expect(at(config, 'static_resources.listeners')).toMatchObject([
      { address: { socket_address: { address: '::', port_value: 15906, ipv4_compat: true } } },
      { address: { socket_address: { address: '0.0.0.0', port_value: 15907 } } },
    ]);
    expect(at(manager(config, 1), 'route_config.virtual_hosts.0.routes.0.route.cluster')).toBe('app_9090');
    const clusters = at(config, 'static_resources.clusters');
    expect(explicitProtocol(clusters, 0)).toHaveProperty('http_protocol_options');
    expect(explicitProtocol(clusters, 1)).toHaveProperty('http2_protocol_options');
    expect(clusters).toMatchObject([
      { name: 'app_8080', upstream_bind_config: { source_address: { address: '127.0.0.6' } } },
      { name: 'app_9090' },
      { name: 'portcullis_validator' },
    ]);
    expect(at(clusters, '1')).not.toHaveProperty('upstream_bind_config');
  });
});

describe('the check', () => {
  const authorizers: readonly (readonly [Authorizer, unknown])[] = [
    [socket, { pipe: { path: '/run/portcullis/validator.sock' } }],
    [
      { kind: 'tcp', address: '127.0.0.1', port: 9001 },
      { socket_address: { address: '127.0.0.1', port_value: 9001 } },
    ],
    [
      { kind: 'grpc', address: { address: '127.0.0.1', port: 9002 } },
      { socket_address: { address: '127.0.0.1', port_value: 9002 } },
    ],
    [
      { kind: 'grpc', address: { path: '/run/portcullis/grpc.sock' } },
      { pipe: { path: '/run/portcullis/grpc.sock' } },
    ],
  ];

  it.each(authorizers)('of %o fails closed with 503 after a second', (authorizer) => {
    const settings = extAuthz(bootstrap({ authorizer }));
    expect(settings).toMatchObject({
      failure_mode_allow: false,
      status_on_error: { code: 'ServiceUnavailable' },
      validate_mutations: true,
    });
    const timeout = authorizer.kind === 'grpc' ? 'grpc_service.timeout' : 'http_service.server_uri.timeout';
    expect(at(settings, timeout)).toBe('1s');
  });

  it.each(authorizers)('of %o goes to the validator and nowhere else', (authorizer, address) => {
    const endpoints = at(bootstrap({ authorizer }), 'static_resources.clusters.1.load_assignment.endpoints');
    expect(endpoints).toEqual([{ lb_endpoints: [{ endpoint: { address } }] }]);
  });

  it('says over HTTP by the path of the check that it is Envoy who asks', () => {
    expect(at(extAuthz(bootstrap()), 'http_service.path_prefix')).toBe('/envoy');
  });

  it('lets claim headers through to the app, and only what a denial needs to the client', () => {
    const response = at(extAuthz(bootstrap()), 'http_service.authorization_response');
    expect(response).toEqual({
      allowed_upstream_headers: { patterns: [{ prefix: 'x-' }, { exact: 'cookie' }] },
      allowed_client_headers: {
        patterns: [
          { exact: 'content-type' },
          { exact: 'cache-control' },
          { exact: 'retry-after' },
          { exact: 'vary' },
          { exact: 'allow' },
          { exact: 'grpc-status' },
          { prefix: 'access-control-' },
        ],
      },
      dynamic_metadata_from_headers: { patterns: [{ prefix: 'portcullis-' }] },
    });
  });
});

describe('the process', () => {
  it('has its admin page on loopback, or none', () => {
    expect(at(bootstrap({ admin: 15903 }), 'admin.address.socket_address')).toEqual({
      address: '127.0.0.1',
      port_value: 15903,
    });
    expect(bootstrap({ admin: 'off' })).not.toHaveProperty('admin');
  });

  it('sheds load before it outgrows its container', () => {
    expect(at(bootstrap({ maxHeapBytes: 1000 }), 'overload_manager')).toMatchObject({
      resource_monitors: [
        { typed_config: { max_heap_size_bytes: 1000 } },
        { typed_config: { max_active_downstream_connections: 20_000 } },
      ],
      actions: [
        { name: 'envoy.overload_actions.shrink_heap' },
        { name: 'envoy.overload_actions.disable_http_keepalive', triggers: [{ threshold: { value: 0.92 } }] },
        { name: 'envoy.overload_actions.stop_accepting_requests' },
      ],
    });
  });

  it('follows a file that says when clients have to leave', () => {
    const { actions, resource_monitors: monitors } = Object(
      at(bootstrap({ drainFile: '/run/portcullis/envoy.json.drain' }), 'overload_manager'),
    );
    const [, , monitor] = monitors;
    expect(monitor).toMatchObject({ typed_config: { filename: '/run/portcullis/envoy.json.drain' } });
    expect(actions[1]).toMatchObject({
      name: 'envoy.overload_actions.disable_http_keepalive',
      triggers: [{}, { name: monitor.name, threshold: { value: 1 } }],
    });
  });
});
