/** Envoy Gateway in the cluster, and what is guarded behind it. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isJsonObject, type JsonObject } from '../../../src/base/json.ts';
import { openCluster } from '../../cluster/cluster.ts';
import { archiveEnvoyGateway, envoyGatewayChart } from '../../gateways/envoy-gateway/chart.ts';
import type { World } from '../world.ts';

/** Of the controller, and of the proxies. */
export const SYSTEM = 'envoy-gateway-system';
const GATEWAY_API = 'gateway.networking.k8s.io';
const ENVOY = 'gateway.envoyproxy.io';
/** As docs/gateways/envoy-gateway.md calls it. */
const CLASS = 'envoy';
const PROXY = 'tests';

/** @param install is given the folder of its chart. */
export async function provideEnvoyGateway(
  { k, envoyImage, local }: World,
  install: (chart: string) => Promise<void>,
): Promise<void> {
  if (local) await importImage();
  await install(await envoyGatewayChart());
  await k.apply(envoyProxy(envoyImage));
}

async function importImage(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'portcullis-envoy-gateway-'));
  try {
    await (await openCluster()).importImage(await archiveEnvoyGateway(folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Proxies are of the image that there is, and have addresses within the cluster. */
const envoyProxy = (image: string): JsonObject => ({
  apiVersion: `${ENVOY}/v1alpha1`,
  kind: 'EnvoyProxy',
  metadata: { name: PROXY, namespace: SYSTEM },
  spec: {
    provider: {
      type: 'Kubernetes',
      kubernetes: {
        envoyService: { type: 'ClusterIP' },
        envoyDeployment: { container: { image, resources: { requests: { cpu: '10m', memory: '64Mi' } } } },
      },
    },
  },
});

/** A GatewayClass with such proxies; another object as it is. */
export const withProxy = ({ spec, ...object }: JsonObject): JsonObject => {
  const parametersRef = { group: ENVOY, kind: 'EnvoyProxy', name: PROXY, namespace: SYSTEM };
  const isClass = object.kind === 'GatewayClass';
  return { ...object, spec: { ...(isJsonObject(spec) && spec), ...(isClass && { parametersRef }) } };
};

export interface GatewayId {
  readonly namespace: string;
  readonly name: string;
}

/** For routes of all namespaces. */
export const gateway = (id: GatewayId): JsonObject => ({
  apiVersion: `${GATEWAY_API}/v1`,
  kind: 'Gateway',
  metadata: { ...id },
  spec: {
    gatewayClassName: CLASS,
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

/** The address of a Gateway, once it serves. */
export async function addressOf({ k }: World, { namespace, name }: GatewayId): Promise<string> {
  await k.wait('condition=Programmed', `gateway/${name}`, namespace);
  return k.must(['get', 'gateway', name, '-n', namespace, '-o', 'jsonpath={.status.addresses[0].value}']);
}
