/** The kinds that Kubernetes, the Gateway API and gateways bring, of those that we read or write. */

import type { Resource } from './resource.ts';

const of = (group: string, kind: string, plural: string): Resource => ({
  group,
  version: 'v1',
  kind,
  plural,
  namespaced: true,
});
const ofCluster = (group: string, kind: string, plural: string): Resource => ({
  ...of(group, kind, plural),
  namespaced: false,
});

const CORE = '';
const ADMISSION = 'admissionregistration.k8s.io';
const GATEWAY = 'gateway.networking.k8s.io';

export const KUBERNETES_RESOURCES = {
  Pod: of(CORE, 'Pod', 'pods'),
  Service: of(CORE, 'Service', 'services'),
  Secret: { ...of(CORE, 'Secret', 'secrets'), sensitive: true },
  ConfigMap: of(CORE, 'ConfigMap', 'configmaps'),
  Namespace: ofCluster(CORE, 'Namespace', 'namespaces'),
  Node: ofCluster(CORE, 'Node', 'nodes'),
  ReplicationController: of(CORE, 'ReplicationController', 'replicationcontrollers'),
  Deployment: of('apps', 'Deployment', 'deployments'),
  StatefulSet: of('apps', 'StatefulSet', 'statefulsets'),
  DaemonSet: of('apps', 'DaemonSet', 'daemonsets'),
  ReplicaSet: of('apps', 'ReplicaSet', 'replicasets'),
  Job: of('batch', 'Job', 'jobs'),
  HTTPRoute: of(GATEWAY, 'HTTPRoute', 'httproutes'),
  GRPCRoute: of(GATEWAY, 'GRPCRoute', 'grpcroutes'),
  Gateway: of(GATEWAY, 'Gateway', 'gateways'),
  ReferenceGrant: { ...of(GATEWAY, 'ReferenceGrant', 'referencegrants'), version: 'v1beta1' },
  SecurityPolicy: {
    ...of('gateway.envoyproxy.io', 'SecurityPolicy', 'securitypolicies'),
    version: 'v1alpha1',
  },
  AuthorizationPolicy: of('security.istio.io', 'AuthorizationPolicy', 'authorizationpolicies'),
  NetworkPolicy: of('networking.k8s.io', 'NetworkPolicy', 'networkpolicies'),
  EndpointSlice: of('discovery.k8s.io', 'EndpointSlice', 'endpointslices'),
  Event: of('events.k8s.io', 'Event', 'events'),
  Lease: of('coordination.k8s.io', 'Lease', 'leases'),
  TokenReview: { ...ofCluster('authentication.k8s.io', 'TokenReview', 'tokenreviews'), sensitive: true },
  ValidatingWebhookConfiguration: ofCluster(
    ADMISSION,
    'ValidatingWebhookConfiguration',
    'validatingwebhookconfigurations',
  ),
  MutatingWebhookConfiguration: ofCluster(
    ADMISSION,
    'MutatingWebhookConfiguration',
    'mutatingwebhookconfigurations',
  ),
} as const satisfies Readonly<Record<string, Resource>>;
