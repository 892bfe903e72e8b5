/** The Envoys that are measured: each answers every request itself, so that only the check is left. */

import { type Authorizer, authorizerCluster, extAuthzFilter } from '../../src/sidecar/authorizer.ts';
import { type ConfigObject, extension, socketAddress } from '../../src/sidecar/config.ts';

/** What stands between the client and the answer. */
export type Check =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'ext_authz'; readonly authorizer: Authorizer }
  /** Envoy's own filter; `cache` in entries, 0 = none. */
  | { readonly kind: 'jwt_authn'; readonly issuer: string; readonly jwks: string; readonly cache: number };

const ROUTER = extension('envoy.filters.http.router', 'extensions.filters.http.router.v3.Router', {});

/** An Envoy that checks each request and answers it with 200. */
export function measuredEnvoy(port: number, check: Check): ConfigObject {
  return {
    static_resources: {
      listeners: [listener(socketAddress({ address: '127.0.0.1', port }), [...filters(check), ROUTER])],
      ...(check.kind === 'ext_authz' ? { clusters: [authorizerCluster(check.authorizer)] } : {}),
    },
  };
}

/** An authorization server that allows everything: the least that any ext_authz service can cost. */
export function noOpAuthorizer(socket: string): ConfigObject {
  return { static_resources: { listeners: [listener({ pipe: { path: socket } }, [ROUTER])] } };
}

function listener(address: ConfigObject, http_filters: readonly ConfigObject[]): ConfigObject {
  return {
    name: 'bench',
    address,
    filter_chains: [
      {
        filters: [
          extension(
            'envoy.filters.network.http_connection_manager',
            'extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
            {
              stat_prefix: 'bench',
              http_filters,
              route_config: {
                virtual_hosts: [
                  {
                    name: 'all',
                    domains: ['*'],
                    routes: [{ match: { prefix: '/' }, direct_response: { status: 200 } }],
                  },
                ],
              },
            },
          ),
        ],
      },
    ],
  };
}

function filters(check: Check): readonly ConfigObject[] {
  switch (check.kind) {
    case 'nothing':
      return [];
    case 'ext_authz':
      return [extAuthzFilter(check.authorizer)];
    case 'jwt_authn':
      return [
        extension('envoy.filters.http.jwt_authn', 'extensions.filters.http.jwt_authn.v3.JwtAuthentication', {
          providers: {
            bench: {
              issuer: check.issuer,
              local_jwks: { inline_string: check.jwks },
              forward: true,
              ...(check.cache > 0 ? { jwt_cache_config: { jwt_cache_size: check.cache } } : {}),
            },
          },
          rules: [{ match: { prefix: '/' }, requires: { provider_name: 'bench' } }],
        }),
      ];
  }
}
