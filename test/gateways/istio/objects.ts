/** What stands in the cluster of a gateway of Istio: the Gateway, a route to an app, and where app and validators are. */

import { stringify } from 'yaml';
import type { GatewayParts } from '../gateway.ts';

export const GATEWAY = { namespace: 'edge', name: 'public' } as const;
/** As istiod would name what it deploys for that Gateway. */
export const DEPLOYED = `${GATEWAY.name}-istio`;
export const DEPLOYED_LABELS = { 'gateway.networking.k8s.io/gateway-name': GATEWAY.name } as const;
export const CLASSIC_LABELS = { istio: 'ingressgateway' } as const;
export const VALIDATORS = { namespace: 'portcullis-system', name: 'portcullis-gateway' } as const;

/** As it is asked for, and shows itself. */
export const VALIDATOR_HOST = `${VALIDATORS.name}.${VALIDATORS.namespace}.svc.cluster.local`;

const APP_HOST = 'app.shop.internal';

export const namespaces = (...names: readonly string[]): readonly object[] =>
  names.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));

/** The mesh's configuration, which istiod follows: what is printed, and no certificates, which only pilot-agent could fetch. */
export const meshConfig = (printed: object, more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'istio-system', name: 'istio' },
  data: { mesh: stringify({ ...printed, ...more, enableAutoMtls: false }) },
});

/** A Gateway that listens at this port, with what istiod's own controller would deploy for it, but for the pod. */
export const gateway = (port: number): readonly object[] => [
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'GatewayClass',
    metadata: { name: 'istio' },
    spec: { controllerName: 'istio.io/gateway-controller' },
  },
  gatewayObject(GATEWAY, port),
  ...deployed({ namespace: GATEWAY.namespace, name: DEPLOYED }, DEPLOYED_LABELS, port),
];

/** A Gateway that is attached to pods of its owner's, by their Service. */
export const attachedGateway = (name: string, labels: object, port: number): readonly object[] => {
  const metadata = { namespace: GATEWAY.namespace, name };
  const value = `${name}.${GATEWAY.namespace}.svc.cluster.local`;
  return [
    gatewayObject(metadata, port, { addresses: [{ type: 'Hostname', value }] }),
    ...deployed(metadata, labels, port),
  ];
};

const gatewayObject = (metadata: object, port: number, more: object = {}): object => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata,
  spec: {
    gatewayClassName: 'istio',
    listeners: [{ name: 'web', port, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'All' } } }],
    ...more,
  },
});

const deployed = (metadata: object, selector: object, port: number): readonly object[] => [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { selector, ports: [{ name: 'web', port, targetPort: port }] },
  },
];

/** Istio's classic ingress gateway, whose pods are known by a label, with a route to the app. */
export const classicGateway = (port: number): readonly object[] => {
  const metadata = { namespace: 'istio-system', name: 'classic' };
  const server = { port: { number: port, name: 'web', protocol: 'HTTP' }, hosts: ['*'] };
  const route = [{ destination: { host: APP_HOST, port: { number: 80 } } }];
  return [
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      metadata,
      spec: { selector: CLASSIC_LABELS, servers: [server] },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata,
      spec: { hosts: ['orders.example'], gateways: ['classic'], http: [{ route }] },
    },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
  ];
};

/** All requests to these hosts go to the app. */
export const route = (hosts: readonly string[], gatewayName: string = GATEWAY.name): object => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { namespace: 'shop', name: `app-${gatewayName}` },
  spec: {
    parentRefs: [{ ...GATEWAY, name: gatewayName }],
    hostnames: hosts,
    rules: [{ backendRefs: [{ group: 'networking.istio.io', kind: 'Hostname', name: APP_HOST, port: 80 }] }],
  },
});

/** The API server lets no Service lead to a loopback address; Istio's own kind may. */
export const neighbours = ({
  app,
  validator,
}: Pick<GatewayParts, 'app' | 'validator'>): readonly object[] => [
  serviceEntry({ namespace: 'shop', name: 'app' }, APP_HOST, [
    { name: 'http', number: 80, targetPort: app, protocol: 'HTTP' },
  ]),
  // Ports and names as the chart's Service has them.
  serviceEntry(VALIDATORS, VALIDATOR_HOST, [
    { name: 'http', number: 9001, targetPort: validator.http, protocol: 'HTTP' },
    { name: 'grpc', number: 9002, targetPort: validator.grpc, protocol: 'GRPC' },
  ]),
];

const serviceEntry = (metadata: object, host: string, ports: readonly object[]): object => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'ServiceEntry',
  metadata,
  spec: {
    hosts: [host],
    location: 'MESH_INTERNAL',
    resolution: 'STATIC',
    ports,
    endpoints: [{ address: '127.0.0.1' }],
  },
});

/** What has signed the validators' certificate, where the operator would keep it. */
export const authorities = (pem: string): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: VALIDATORS.namespace, name: 'portcullis-ca' },
  data: { 'ca.crt': pem },
});
