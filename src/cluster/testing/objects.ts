/** Objects as an API server sends them, as short as a test wants them. */

import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { KeyLocation } from '../../keys/plan.ts';
import type { PlanningChange } from '../../planning/policies.ts';
import type { PublicJwk } from '../../policy/policy.ts';
import { readAuthorizationPolicy } from '../authorization-policies.ts';
import { readNetworkPolicy } from '../network-policies.ts';
import type { ObjectChange, Pod } from '../objects.ts';
import { readBinding, readConfigMap, readSecret, readSource } from '../ours.ts';
import { readPod } from '../pod.ts';
import { readReferenceGrant } from '../reference-grants.ts';
import { readGateway, readRoute } from '../routes.ts';
import { readSecurityPolicy } from '../security-policies.ts';
import { createSharing, type Sharing } from '../sharing.ts';
import { readNamespace, readNode, readService, readWorkload } from '../workloads.ts';

let versions = 0;

/** `id` is namespace/name, or a name alone. */
export function raw(id: string, rest: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  const [namespace = '', name] = id.split('/');
  versions += 1;
  return {
    metadata: {
      ...(name === undefined ? { name: namespace } : { namespace, name }),
      uid: `uid-${id}`,
      resourceVersion: `${versions}`,
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...metadata,
    },
    ...rest,
  };
}

const sharing: Sharing = createSharing();

/** The change that an API server's object makes; null deletes it. */
export function change(kind: ObjectChange['kind'], id: string, value: JsonValue): ObjectChange {
  switch (kind) {
    case 'Pod':
      return { kind, id, object: readPod(value, sharing) };
    case 'Service':
      return { kind, id, object: readService(value, sharing) };
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
      return { kind, id, object: readWorkload(kind, value, sharing) };
    case 'Namespace':
      return { kind, id, object: readNamespace(value, sharing) };
    case 'Node':
      return { kind, id, object: readNode(value, sharing) };
    case 'HTTPRoute':
    case 'GRPCRoute':
      return { kind, id, object: readRoute(kind, value, sharing) };
    case 'Gateway':
      return { kind, id, object: readGateway(value, sharing) };
    case 'SecurityPolicy':
      return { kind, id, object: readSecurityPolicy(value, sharing) };
    case 'AuthorizationPolicy':
      return { kind, id, object: readAuthorizationPolicy(value, sharing) };
    case 'ReferenceGrant':
      return { kind, id, object: readReferenceGrant(value, sharing) };
    case 'NetworkPolicy':
      return { kind, id, object: readNetworkPolicy(value, sharing) };
    case 'Secret':
      return { kind, id, object: readSecret(value, sharing) };
    case 'ConfigMap':
      return { kind, id, object: readConfigMap(value, sharing) };
    case 'ApiBinding':
      return { kind, id, object: readBinding(value, sharing) };
    case 'AuthenticationSource':
      return { kind, id, object: readSource(value, sharing) };
  }
}

export interface PodOptions {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Container ports by name; a name of digits alone is none. */
  readonly ports?: Readonly<Record<string, number>>;
  readonly guarded?: boolean;
  /** Ports that its sidecars take; absent = the first that it declares. */
  readonly captured?: readonly number[];
  /** Of its sidecars; absent = 1.0.0. */
  readonly version?: string;
  readonly ready?: boolean;
  readonly phase?: string;
  readonly node?: string;
  readonly spec?: JsonObject;
  readonly status?: JsonObject;
  readonly metadata?: JsonObject;
}

export function pod(id: string, options: PodOptions = {}): ObjectChange {
  const { labels = {}, annotations = {}, guarded = true, ready = true, phase = 'Running' } = options;
  const { 'portcullis.dev/capture': capture } = annotations;
  const ports = options.ports ?? { http: 8080 };
  const captured = options.captured ?? Object.values(ports).slice(0, 1);
  const starting = sidecarsOf(captured).slice(capture === 'NamedPort' ? 1 : 0);
  return change(
    'Pod',
    id,
    raw(
      id,
      {
        spec: {
          nodeName: options.node ?? 'node',
          serviceAccountName: 'app',
          containers: [{ name: 'app', ports: containerPorts(ports) }],
          ...(guarded && { initContainers: starting }),
          ...options.spec,
        },
        status: {
          phase,
          conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
          ...options.status,
        },
      },
      {
        labels: { ...labels, ...(guarded && { 'portcullis.dev/injected': options.version ?? '1.0.0' }) },
        annotations: { ...annotations },
        ...options.metadata,
      },
    ),
  );
}

/** Capture, validator and Envoy for these ports, by what is read of them. */
function sidecarsOf(captured: readonly number[]): readonly JsonObject[] {
  const listeners = captured.map((port, index) => ({ port, listener: 15_906 + index, protocol: 'HTTP' }));
  const settings = { name: 'PORTCULLIS_ENVOY_SETTINGS', value: JSON.stringify({ listeners }) };
  return [
    {
      name: 'portcullis-capture',
      args: ['capture', ...listeners.map(({ port, listener }) => `${port}=${listener}`)],
    },
    { name: 'portcullis-validator', restartPolicy: 'Always', env: [settings] },
    {
      name: 'portcullis-envoy',
      restartPolicy: 'Always',
      ports: [{ containerPort: 15_906, name: 'envoy' }],
    },
  ];
}

export function containerPorts(ports: Readonly<Record<string, number>>): readonly JsonObject[] {
  return Object.entries(ports).map(([name, containerPort]) => ({
    containerPort,
    ...(!/^[0-9]+$/.test(name) && { name }),
  }));
}

export const service = (
  id: string,
  app: string,
  ports: readonly JsonObject[] = [{ name: 'http', port: 80, targetPort: 8080 }],
) => change('Service', id, raw(id, { spec: { selector: { app }, ports } }));

export const source = (id: string, jwt: JsonObject = {}, spec: JsonObject = {}, metadata: JsonObject = {}) =>
  change(
    'AuthenticationSource',
    id,
    raw(
      id,
      {
        spec: {
          jwt: { issuer: issuerOf(id), audiences: ['a'], ...jwt },
          ...spec,
        },
      },
      metadata,
    ),
  );

export const binding = (id: string, spec: JsonObject = {}, metadata: JsonObject = {}) =>
  change(
    'ApiBinding',
    id,
    raw(
      id,
      {
        spec: {
          ...(spec.podSelector === undefined && {
            targetRefs: [{ kind: 'Service', name: id.split('/')[1] ?? '' }],
          }),
          sources: [{ name: 'okta' }],
          ...spec,
        },
      },
      metadata,
    ),
  );

export const gone = (kind: ObjectChange['kind'], id: string): ObjectChange => change(kind, id, null);

/** Keys as they were fetched for a source of `source`'s making. */
export const fetched = (id: string, keys: readonly PublicJwk[], checkedAt = 1000): PlanningChange => ({
  kind: 'Keys',
  uid: `uid-${id}`,
  keys: { keys, checkedAt, location: discovery(issuerOf(id)) },
});

export const discovery = (issuer: string): KeyLocation => ({
  kind: 'discovery',
  issuer,
  url: undefined,
  tenants: [],
});

const issuerOf = (id: string): string => `https://${id.replace('/', '.')}.example`;

/** What is kept of such a pod. */
export function keptPod(...parameters: Parameters<typeof pod>): Pod {
  const { object } = pod(...parameters);
  if (object === undefined || !('sidecars' in object)) throw new Error('no pod');
  return object;
}
