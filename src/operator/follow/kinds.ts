/** Every kind that the control plane follows, and how an object of it is read. */

import type { JsonObject } from '../../base/json.ts';
import { readAuthorizationPolicy } from '../../cluster/authorization-policies.ts';
import { readNetworkPolicy } from '../../cluster/network-policies.ts';
import type { ObjectsByKind, StoredKind } from '../../cluster/objects.ts';
import { readBinding, readConfigMap, readSecret, readSource } from '../../cluster/ours.ts';
import { readPod } from '../../cluster/pod.ts';
import { readReferenceGrant } from '../../cluster/reference-grants.ts';
import { readGateway, readRoute } from '../../cluster/routes.ts';
import { readSecurityPolicy } from '../../cluster/security-policies.ts';
import type { Sharing } from '../../cluster/sharing.ts';
import { readNamespace, readNode, readService, readWorkload } from '../../cluster/workloads.ts';
import type { InjectionSettings } from '../../injection/request.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';

export interface KindReadingParts {
  /** What sidecars of pods are compared with; absent where they are not. */
  readonly settings?: InjectionSettings;
  /** Whether a binding may be compared with the schema now; absent: each may. */
  readonly mayCheck?: (written: JsonObject) => boolean;
}

type Reader<K extends StoredKind> = (
  object: KubernetesObject,
  sharing: Sharing,
  /** What was read of that name last. */
  before: ObjectsByKind[K] | undefined,
  parts?: KindReadingParts,
) => ObjectsByKind[K] | undefined;

/** Undefined for an object of which nothing is used. */
export const READERS: { readonly [K in StoredKind]: Reader<K> } = {
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
  SecurityPolicy: readSecurityPolicy,
  AuthorizationPolicy: readAuthorizationPolicy,
  ReferenceGrant: readReferenceGrant,
  NetworkPolicy: readNetworkPolicy,
  Secret: readSecret,
  ConfigMap: readConfigMap,
  ApiBinding: (object, sharing, before, { mayCheck } = {}) => readBinding(object, sharing, before, mayCheck),
  AuthenticationSource: readSource,
};

/** Of the Gateway API and of gateways: each may be installed, or not, or later. */
export const OPTIONAL_KINDS = [
  'HTTPRoute',
  'GRPCRoute',
  'Gateway',
  'SecurityPolicy',
  'AuthorizationPolicy',
  'ReferenceGrant',
] as const satisfies readonly StoredKind[];

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
] as const satisfies readonly StoredKind[];

/** Of the whole cluster; not followed where only some namespaces may be read. */
export const CLUSTER_KINDS = ['Namespace', 'Node'] as const satisfies readonly StoredKind[];
