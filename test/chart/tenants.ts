/** Objects of tenants for which the operator needs every right that it has. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import type { JsonObject } from '../../src/base/json.ts';

export interface Provider {
  readonly jwksURI: string;
  stop(): void;
}

/** An identity provider's keys, on loopback. */
export async function startProvider(): Promise<Provider> {
  const { publicKey } = await generateKeyPair('ES256');
  const body = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'a' }] });
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').end(body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { jwksURI: `http://127.0.0.1:${port}/jwks`, stop: () => server.close() };
}

const OURS = 'portcullis.dev/v1alpha1';

const source = (namespace: string, name: string, jwt: JsonObject): JsonObject => ({
  apiVersion: OURS,
  kind: 'AuthenticationSource',
  metadata: { namespace, name },
  spec: { jwt: { issuer: `https://${name}.example`, audiences: ['api'], ...jwt } },
});

/** Refers to a Secret of the same name. */
export const hmacSource = (namespace: string, name: string, jwt: JsonObject = {}): JsonObject =>
  source(namespace, name, {
    keys: { hmac: [{ secretKeyRef: { name, key: 'key' }, encoding: 'Text' }] },
    ...jwt,
  });

export const secret = (namespace: string, name: string, key = 'k'.repeat(64)): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { namespace, name },
  stringData: { key },
});

/** Its keys are fetched; refers to a ConfigMap of the same name. */
export const fetchedSource = (namespace: string, name: string, jwksURI: string): JsonObject =>
  source(namespace, name, {
    keys: { jwksURI },
    fetch: { caBundleFrom: { configMapKeyRef: { name, key: 'ca.crt' } } },
  });

export const bundle = (namespace: string, name: string, ca: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace, name },
  data: { 'ca.crt': ca },
});

/** A binding, its Service, and nothing behind it. */
export const api = (namespace: string, name: string, sources: readonly string[]): readonly JsonObject[] => [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name },
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 80 }] },
  },
  {
    apiVersion: OURS,
    kind: 'ApiBinding',
    metadata: { namespace, name },
    spec: {
      targetRefs: [{ kind: 'Service', name }],
      sources: sources.map((one) => ({ name: one })),
    },
  },
];

/** As little of a kind of others as it takes to be followed. */
function followedKind(group: string, version: string, kind: string, plural: string): JsonObject {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group}`,
      annotations: { 'api-approved.kubernetes.io': 'https://github.com/kubernetes-sigs/gateway-api' },
    },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, singular: kind.toLowerCase(), plural },
      versions: [{ name: version, served: true, storage: true, schema }],
    },
  };
}

/** The kinds of the Gateway API, and those of gateways. */
export const gatewayApi: readonly JsonObject[] = [
  ...['HTTPRoute', 'GRPCRoute', 'Gateway'].map((kind) =>
    followedKind('gateway.networking.k8s.io', 'v1', kind, `${kind.toLowerCase()}s`),
  ),
  followedKind('gateway.networking.k8s.io', 'v1beta1', 'ReferenceGrant', 'referencegrants'),
  followedKind('gateway.envoyproxy.io', 'v1alpha1', 'SecurityPolicy', 'securitypolicies'),
  followedKind('security.istio.io', 'v1', 'AuthorizationPolicy', 'authorizationpolicies'),
];

/** As a controller writes it that could not make a pod; its workload is gone by now. */
export function failedCreate(namespace: string, kind: string, apiVersion: string): JsonObject {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace, name: `${kind.toLowerCase()}.1` },
    involvedObject: { apiVersion, kind, namespace, name: 'gone', uid: 'gone' },
    type: 'Warning',
    reason: 'FailedCreate',
    message: 'Error creating: pods "x" is forbidden',
    count: 1,
    firstTimestamp: now,
    lastTimestamp: now,
    source: { component: 'controller' },
  };
}
