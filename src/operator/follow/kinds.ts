/** Every kind that the control plane follows: where the API server has it, and how an object of it is read. */

import type { JsonObject } from '../../base/json.ts';
import { readNetworkPolicy } from '../../cluster/network-policies.ts';
import type { Kind, ObjectsByKind } from '../../cluster/objects.ts';
import { readBinding, readConfigMap, readSecret, readSource } from '../../cluster/ours.ts';
import { readPod } from '../../cluster/pod.ts';
import { readGateway, readRoute } from '../../cluster/routes.ts';
import type { Sharing } from '../../cluster/sharing.ts';
import { readNamespace, readNode, readService, readWorkload } from '../../cluster/workloads.ts';
import type { InjectionSettings } from '../../injection/request.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Resource } from '../../kubernetes/resource.ts';

const core = (kind: string, plural: string, namespaced = true): Resource => ({
  group: '',
  version: 'v1',
  kind,
  plural,
  namespaced,
});
const ours = (kind: string, plural: string): Resource => ({
  group: 'portcullis.dev',
  version: 'v1alpha1',
  kind,
  plural,
  namespaced: true,
});
const apps = (kind: string, plural: string): Resource => ({
  group: 'apps',
  version: 'v1',
  kind,
  plural,
  namespaced: true,
});
const gateway = (kind: string, plural: string): Resource => ({
  group: 'gateway.networking.k8s.io',
  version: 'v1',
  kind,
  plural,
  namespaced: true,
});

export const RESOURCES: { readonly [K in Kind]: Resource } = {
  Pod: core('Pod', 'pods'),
  Service: core('Service', 'services'),
  Deployment: apps('Deployment', 'deployments'),
  StatefulSet: apps('StatefulSet', 'statefulsets'),
  DaemonSet: apps('DaemonSet', 'daemonsets'),
  Namespace: core('Namespace', 'namespaces', false),
  Node: core('Node', 'nodes', false),
  HTTPRoute: gateway('HTTPRoute', 'httproutes'),
  GRPCRoute: gateway('GRPCRoute', 'grpcroutes'),
  Gateway: gateway('Gateway', 'gateways'),
  NetworkPolicy: {
    group: 'networking.k8s.io',
    version: 'v1',
    kind: 'NetworkPolicy',
    plural: 'networkpolicies',
    namespaced: true,
  },
  Secret: { ...core('Secret', 'secrets'), sensitive: true },
  ConfigMap: core('ConfigMap', 'configmaps'),
  ApiBinding: ours('ApiBinding', 'apibindings'),
  AuthenticationSource: ours('AuthenticationSource', 'authenticationsources'),
};

export interface ReadingParts {
  /** What sidecars of pods are compared with; absent where they are not. */
  readonly settings?: InjectionSettings;
  /** Whether a binding may be compared with the schema now; absent: each may. */
  readonly mayCheck?: (written: JsonObject) => boolean;
}

type Reader<K extends Kind> = (
  object: KubernetesObject,
  sharing: Sharing,
  /** What was read of that name last. */
  before: ObjectsByKind[K] | undefined,
  parts?: ReadingParts,
) => ObjectsByKind[K] | undefined;

/** Undefined for an object of which nothing is used. */
export const READERS: { readonly [K in Kind]: Reader<K> } = {
  Pod: (object, sharing, _, { settings } = {}) => readPod(object, sharing, settings),
  Service: readService,
  Deployment: (object, sharing) => readWorkload('Deployment', object, sharing),
  StatefulSet: (object, sharing) => readWorkload('StatefulSet', object, sharing),
  DaemonSet: (object, sharing) => readWorkload('DaemonSet', object, sharing),
  Namespace: readNamespace,
  Node: readNode,
  HTTPRoute: (object, sharing) => readRoute('HTTPRoute', object, sharing),
  GRPCRoute: (object, sharing) => readRoute('GRPCRoute', object, sharing),
  Gateway: readGateway,
  NetworkPolicy: readNetworkPolicy,
  Secret: readSecret,
  ConfigMap: readConfigMap,
  ApiBinding: (object, sharing, before, { mayCheck } = {}) => readBinding(object, sharing, before, mayCheck),
  AuthenticationSource: readSource,
};

/** Of the Gateway API, which may be installed, or not, or later. */
export const ROUTE_KINDS = ['HTTPRoute', 'GRPCRoute', 'Gateway'] as const satisfies readonly Kind[];

/** What there is in namespaces, whichever of them may be read. */
export const NAMESPACED_KINDS = [
  'ApiBinding',
  'AuthenticationSource',
  'Pod',
  'Service',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'NetworkPolicy',
] as const satisfies readonly Kind[];

/** Of the whole cluster; not followed where only some namespaces may be read. */
export const CLUSTER_KINDS = ['Namespace', 'Node'] as const satisfies readonly Kind[];
