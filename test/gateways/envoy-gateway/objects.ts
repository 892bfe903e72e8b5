/** What is applied to Envoy Gateway: a Gateway, its routes, and what `portcullis envoy-config` prints. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isJsonObject } from '../../../src/base/json.ts';
import { printed } from '../../envoy/gateway-stage.ts';
import { manifestsOf, sectionOf } from '../../newcomer/readme.ts';

const PAGE = path.join(import.meta.dirname, '../../../docs/gateways/envoy-gateway.md');

export const GATEWAY = { namespace: 'edge', name: 'public' } as const;
/** Of the routes. */
const ROUTES = 'shop';

const GROUP = 'gateway.envoyproxy.io';
const ENVOY = `${GROUP}/v1alpha1`;
const GATEWAY_API = 'gateway.networking.k8s.io';
const CLASS = 'envoy';
/** The Service of the validators, or what stands for it. */
export const VALIDATORS = 'validators';

/** Ports of 127.0.0.1. */
export interface Places {
  /** Where the Gateway listens. */
  readonly gateway: number;
  readonly app: number;
}

/** As it is printed for the Gateway of that name, with a Service of its namespace. */
export function printedGuard(name: string = GATEWAY.name): Promise<readonly unknown[]> {
  // From another namespace it would take a ReferenceGrant, which Envoy Gateway knows of in Kubernetes alone.
  const address = `${VALIDATORS}.${GATEWAY.namespace}.svc.cluster.local:9002`;
  const gateway = `${GATEWAY.namespace}/${name}`;
  return printed('envoy-gateway', '--gateway', gateway, '--address', address, '--tls', 'off');
}

export async function objects(places: Places, hosts: readonly string[]): Promise<readonly unknown[]> {
  const guard = await printedGuard();
  const app = { backendRefs: [{ group: GROUP, kind: 'Backend', name: 'app' }] };
  return [
    ...gatewayClass({ telemetry: telemetry() }),
    gateway(GATEWAY.name, places.gateway),
    backend('app', ROUTES, places.app),
    ...hosts.map((host) => route(host, [GATEWAY.name], app)),
    ...guard.map(withBackends),
  ];
}

/** Whom the Gateway asks; the port is where it does so over gRPC. */
export const validators = (port: number): object => backend(VALIDATORS, GATEWAY.namespace, port);

/** The class of all Gateways here. `more` is of their proxy, which has one worker. */
export function gatewayClass(more: object): readonly object[] {
  return [
    {
      apiVersion: ENVOY,
      kind: 'EnvoyProxy',
      metadata: { name: CLASS, namespace: GATEWAY.namespace },
      spec: { provider: { type: 'Host', host: { envoyVersion: ENVOY_VERSION } }, concurrency: 1, ...more },
    },
    {
      apiVersion: `${GATEWAY_API}/v1`,
      kind: 'GatewayClass',
      metadata: { name: CLASS },
      spec: {
        controllerName: CONTROLLER,
        parametersRef: { group: GROUP, kind: 'EnvoyProxy', name: CLASS, namespace: GATEWAY.namespace },
      },
    },
  ];
}

export const gateway = (name: string, port: number): object => ({
  apiVersion: `${GATEWAY_API}/v1`,
  kind: 'Gateway',
  metadata: { namespace: GATEWAY.namespace, name },
  spec: {
    gatewayClassName: CLASS,
    listeners: [{ name: 'http', protocol: 'HTTP', port, allowedRoutes: { namespaces: { from: 'All' } } }],
  },
});

/** The access log as docs/gateways/envoy-gateway.md has it. */
function telemetry(): unknown {
  const page = readFileSync(PAGE, 'utf8');
  const [proxy] = manifestsOf(sectionOf(page, '## Why a request was refused'));
  const { telemetry: found } = isJsonObject(proxy?.spec) ? proxy.spec : {};
  if (found === undefined) throw new Error(`${PAGE} has no telemetry`);
  return found;
}

/** The route that docs/gateways/envoy-gateway.md has a Gateway keep, so that the check stays in its proxies. */
export const keepsTheCheck = (): readonly unknown[] =>
  manifestsOf(sectionOf(readFileSync(PAGE, 'utf8'), '## Keep the check in place'));

/** By which the program knows that a GatewayClass is its own. */
export const CONTROLLER = `${GROUP}/gatewayclass-controller`;
/** Whatever it is called, the program that stands under this name is started. */
export const ENVOY_VERSION = '1.40.0';

/** All of a host, at these Gateways. `rule` says who answers. */
export const route = (host: string, gateways: readonly string[], rule: object): object => ({
  apiVersion: `${GATEWAY_API}/v1`,
  kind: 'HTTPRoute',
  metadata: { name: host, namespace: ROUTES },
  spec: {
    parentRefs: gateways.map((name) => ({ namespace: GATEWAY.namespace, name })),
    hostnames: [host],
    rules: [rule],
  },
});

/** A rule, and what it refers to: the proxy answers with 200 itself. */
export function answeringItself(): { readonly rule: object; readonly filter: object } {
  const name = 'ok';
  const extensionRef = { group: GROUP, kind: 'HTTPRouteFilter', name };
  return {
    rule: { filters: [{ type: 'ExtensionRef', extensionRef }] },
    filter: {
      apiVersion: ENVOY,
      kind: 'HTTPRouteFilter',
      metadata: { name, namespace: ROUTES },
      spec: { directResponse: { statusCode: 200 } },
    },
  };
}

/** Of a route, which forbids nothing but what `more` says. */
export const securityPolicy = (host: string, more: object = {}): object => ({
  apiVersion: ENVOY,
  kind: 'SecurityPolicy',
  metadata: { name: host, namespace: ROUTES },
  spec: {
    targetRefs: [{ group: GATEWAY_API, kind: 'HTTPRoute', name: host }],
    cors: { allowOrigins: ['https://shop.example'] },
    ...more,
  },
});

/** Without a cluster there are no Services: this stands for one. */
const backend = (name: string, namespace: string, port: number): object => ({
  apiVersion: ENVOY,
  kind: 'Backend',
  metadata: { name, namespace },
  spec: { endpoints: [{ ip: { address: '127.0.0.1', port } }] },
});

/** Every reference to a Service, as one to the Backend of its name. */
export function withBackends(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBackends);
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(([name, member]) => [name, withBackends(member)]);
  const isService = value.kind === 'Service' && value.group === '';
  return { ...Object.fromEntries(members), ...(isService && { group: GROUP, kind: 'Backend' }) };
}
