/** Gateways and routes of the Gateway API, for any product that serves them. */

import type { JsonObject } from '../../../src/base/json.ts';

export const GATEWAY_API = 'gateway.networking.k8s.io';

export interface GatewayId {
  readonly namespace: string;
  readonly name: string;
}

/** For routes of all namespaces. */
export const gateway = (id: GatewayId, gatewayClassName: string): JsonObject => ({
  apiVersion: `${GATEWAY_API}/v1`,
  kind: 'Gateway',
  metadata: { ...id },
  spec: {
    gatewayClassName,
    listeners: [{ name: 'http', protocol: 'HTTP', port: 80, allowedRoutes: { namespaces: { from: 'All' } } }],
  },
});

export interface RouteOptions {
  readonly namespace: string;
  readonly name: string;
  readonly gateway: GatewayId;
  readonly host: string;
  /** Of Service `api` in its namespace. */
  readonly port?: number;
  readonly kind?: 'HTTPRoute' | 'GRPCRoute';
  /** Default: one rule, for all requests. */
  readonly rules?: readonly { readonly name: string; readonly path: string }[];
}

export const route = (options: RouteOptions): JsonObject => {
  const { namespace, name, gateway: parent, host, port = 80, kind = 'HTTPRoute', rules } = options;
  const backendRefs = [{ name: 'api', port }];
  return {
    apiVersion: `${GATEWAY_API}/v1`,
    kind,
    metadata: { name, namespace },
    spec: {
      parentRefs: [{ ...parent }],
      hostnames: [host],
      rules: rules?.map((rule) => ({
        name: rule.name,
        matches: [{ path: { type: 'PathPrefix', value: rule.path } }],
        backendRefs,
      })) ?? [{ backendRefs }],
    },
  };
};
