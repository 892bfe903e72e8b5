/** Objects as people and controllers write them, by what differs from the smallest one. */

import type { JsonObject, JsonValue } from '../../src/matching/json.ts';
import { publicJwk } from '../support/tokens.ts';

const OURS = 'portcullis.dev/v1alpha1';

function named(id: string): { readonly namespace: string; readonly name: string } {
  const [namespace = '', name = ''] = id.split('/');
  return { namespace, name };
}

/** Keys that nobody has to fetch. */
export const inlineKeys = (kid = 'a'): JsonObject => ({ jwks: { keys: [{ ...publicJwk('ES256', kid) }] } });

export const source = (id: string, jwt: JsonObject = {}, spec: JsonObject = {}): JsonObject => ({
  apiVersion: OURS,
  kind: 'AuthenticationSource',
  metadata: named(id),
  spec: {
    ...spec,
    jwt: { issuer: `https://${id}.example`, audiences: ['api'], keys: inlineKeys(), ...jwt },
  },
});

/** On the Service of its name; other members of spec take the place of these. */
export function binding(id: string, spec: JsonObject = {}): JsonObject {
  const { name } = named(id);
  const targets = spec.podSelector === undefined ? { targetRefs: [{ kind: 'Service', name }] } : {};
  return {
    apiVersion: OURS,
    kind: 'ApiBinding',
    metadata: named(id),
    spec: { ...targets, sources: [{ name: 'keys' }], ...spec },
  };
}

export const namespace = (name: string, labels: Readonly<Record<string, string>> = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});

/** Whose pods get validators. */
export const ENABLED = { 'portcullis.dev/injection': 'enabled' };

/** Chooses the pods with its name as the label `app`. */
export const service = (
  id: string,
  ports: readonly JsonObject[] = [{ port: 80, targetPort: 'http' }],
  spec: JsonObject = {},
): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: named(id),
  spec: { selector: { app: named(id).name }, ports, ...spec },
});

export function workload(
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet',
  id: string,
  ports: JsonValue = [{ name: 'http', containerPort: 8080 }],
): JsonObject {
  const labels = { app: named(id).name };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: named(id),
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'app', ports }] } },
      ...(kind === 'StatefulSet' && { serviceName: 'none' }),
    },
  };
}

export interface PodOptions {
  readonly app?: string;
  /** The version of its sidecars; absent = it has none. */
  readonly injected?: string;
  /** Ports that those take, as `8080,9090`; absent = 8080. */
  readonly captured?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ports?: JsonValue;
}

/** Without a kubelet its status comes from `ready`. */
export function pod(id: string, options: PodOptions = {}): JsonObject {
  const { app, injected, captured, annotations, ports } = options;
  const { name } = named(id);
  const labels = { app: app ?? name, ...(injected !== undefined && { 'portcullis.dev/injected': injected }) };
  const capture = annotations?.['portcullis.dev/capture'] ?? 'Redirect';
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...named(id), labels, annotations: { ...annotations } },
    spec: {
      nodeName: 'node',
      containers: [{ name: 'app', image: 'app', ports: ports ?? [{ name: 'http', containerPort: 8080 }] }],
      ...(injected !== undefined && {
        initContainers: sidecars(captured ?? '8080').slice(capture === 'Redirect' ? 0 : 1),
      }),
    },
  };
}

/** What is read of capture, validator and Envoy; for ports such as `8080,9090`. */
export function sidecars(captured: string): readonly JsonObject[] {
  const listeners = captured
    .split(',')
    .map((port, index) => ({ port: Number(port), listener: 15_906 + index, protocol: 'HTTP' }));
  const settings = { name: 'PORTCULLIS_ENVOY_SETTINGS', value: JSON.stringify({ listeners }) };
  const sidecar = { image: 'portcullis', restartPolicy: 'Always' };
  return [
    {
      ...{ name: 'portcullis-capture', image: 'portcullis' },
      args: ['capture', ...listeners.map(({ port, listener }) => `${port}=${listener}`)],
    },
    { ...sidecar, name: 'portcullis-validator', env: [settings] },
    { ...sidecar, name: 'portcullis-envoy' },
  ];
}

/** A status subresource with the condition Ready, as a kubelet writes it for a Pod or Node. */
export const readiness = (ready: boolean): JsonObject => ({
  conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
});

/** Keys in the member `k` of this Secret. */
export const hmac = (secret: string): JsonObject => ({
  keys: { hmac: [{ kid: 'a', secretKeyRef: { name: secret, key: 'k' }, encoding: 'Text' }] },
});

export const secret = (id: string, value: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: named(id),
  data: { k: Buffer.from(value).toString('base64') },
});
