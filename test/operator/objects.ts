/** Objects as people and controllers write them, by what differs from the smallest one. */

import { createHash } from 'node:crypto';
import type { JsonObject, JsonValue } from '../../src/base/json.ts';
import { objectAt, objectsAt } from '../../src/base/members.ts';
import { ENVOY_IMAGE, productImage } from '../../src/injection/images.ts';
import { inject } from '../../src/injection/inject.ts';
import type { InjectionSettings, PortOfGuard } from '../../src/injection/request.ts';
import { VERSION } from '../../src/telemetry/version.ts';
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
  const written: JsonObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...named(id), labels: { app: app ?? name }, annotations: { ...annotations } },
    spec: {
      nodeName: 'node',
      containers: [{ name: 'app', image: 'app', ports: ports ?? [{ name: 'http', containerPort: 8080 }] }],
    },
  };
  return injected === undefined ? written : withSidecars(written, injected, captured);
}

/** Those of an operator that was given no others. */
const SETTINGS: Omit<InjectionSettings, 'version'> = {
  image: productImage(VERSION),
  envoyImage: ENVOY_IMAGE,
  controlPlane: 'https://portcullis-policy.portcullis-system.svc',
  imagePullPolicy: undefined,
  imagePullSecrets: [],
  platform: 'Kubernetes',
};

/** The pod as injection makes it, for ports such as `8080,9090`. */
export function withSidecars(
  written: JsonObject,
  version: string,
  captured = '8080',
  tls?: PortOfGuard['tls'],
): JsonObject {
  const ports = captured
    .split(',')
    .map((port) => ({ port: Number(port), protocol: 'HTTP' as const, ...(tls && { tls }) }));
  const injection = inject({
    pod: written,
    namespace: { labels: {}, annotations: {} },
    guards: [{ binding: 'any/any', ports, problem: undefined }],
    settings: { ...SETTINGS, version },
    // Of each pod another, and the same when it is applied again.
    hookKey: createHash('sha256').update(JSON.stringify(written.metadata)).digest('base64url'),
  });
  if (injection.kind !== 'guarded') throw new Error(JSON.stringify(injection));
  return injection.pod;
}

/** Its validator runs what somebody else says. */
export const forged = (written: JsonObject): JsonObject =>
  withValidator(written, ({ env }) => ({
    env: [...objectsAt(env), { name: 'NODE_OPTIONS', value: '--import=data:text/javascript,' }],
  }));

/** Its validator is of this image. */
export const otherImage = (written: JsonObject, image: string): JsonObject =>
  withValidator(written, () => ({ image }));

function withValidator(written: JsonObject, change: (one: JsonObject) => JsonObject): JsonObject {
  const spec = objectAt(written.spec);
  const initContainers = objectsAt(spec.initContainers).map((one) =>
    one.name === 'portcullis-validator' ? { ...one, ...change(one) } : one,
  );
  return { ...written, spec: { ...spec, initContainers } };
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
