/** Parts of a cluster for coverage's tests, as short as a table wants them: beside a namespace with injection, and a source. */

import { ENVOY_GATEWAY } from '../../asking/testing/stage.ts';
import type { JsonObject } from '../../base/json.ts';
import {
  binding,
  change,
  type PodOptions,
  pod,
  raw,
  service,
  source,
} from '../../cluster/testing/objects.ts';
import type { PlanningChange } from '../../planning/policies.ts';

export interface Shape {
  readonly changes: readonly PlanningChange[];
  /** Validators of the Gateway infra/public. */
  readonly validators?: readonly string[];
}

export const namespace = (labels: JsonObject, annotations: JsonObject = {}) =>
  change('Namespace', 'shop', raw('shop', {}, { labels, annotations }));

export const SURROUNDINGS: readonly PlanningChange[] = [
  { kind: 'RouteApi', installed: true },
  namespace({ 'portcullis.dev/injection': 'enabled' }),
  source('shop/okta'),
];

export const of = (...changes: readonly PlanningChange[]): Shape => ({ changes });
export const app = (options: PodOptions = {}, name = 'orders-1') =>
  pod(`shop/${name}`, { ...options, labels: { app: 'orders', ...options.labels } });
export const bare = (options: PodOptions = {}, name?: string) => app({ guarded: false, ...options }, name);
export const orders = (ports?: readonly JsonObject[]) => service('shop/orders', 'orders', ports);
export const bound = (spec: JsonObject = {}, name = 'orders') =>
  binding(`shop/${name}`, { targetRefs: [{ kind: 'Service', name: 'orders' }], ...spec });
export const HTTP = { name: 'http', port: 80, targetPort: 8080 };

export const parent = { namespace: 'infra', name: 'public' };
export const route = (
  kind: 'HTTPRoute' | 'GRPCRoute' = 'HTTPRoute',
  backends: readonly JsonObject[] = [{ name: 'orders', port: 80 }],
  filter?: JsonObject,
) =>
  change(
    kind,
    'shop/web',
    raw('shop/web', {
      spec: {
        hostnames: ['web.example'],
        rules: [{ name: 'all', backendRefs: [...backends], ...(filter && { filters: [filter] }) }],
      },
      status: {
        parents: [
          {
            parentRef: parent,
            controllerName: ENVOY_GATEWAY,
            conditions: [{ type: 'Accepted', status: 'True' }],
          },
        ],
      },
    }),
  );
export const VALIDATOR = 'portcullis-system/v-1';
export const OWN_LABELS = {
  'app.kubernetes.io/name': 'portcullis',
  'app.kubernetes.io/part-of': 'portcullis',
};
export const GATEWAY_LABELS = { ...OWN_LABELS, 'app.kubernetes.io/component': 'gateway-public' };
export const gateway: readonly PlanningChange[] = [
  change(
    'Gateway',
    'infra/public',
    raw('infra/public', { spec: { listeners: [{ name: 'http', port: 80 }] } }),
  ),
  pod(VALIDATOR, { labels: GATEWAY_LABELS, guarded: false }),
  change(
    'Service',
    'portcullis-system/public',
    raw('portcullis-system/public', {
      spec: { selector: GATEWAY_LABELS, ports: [{ name: 'grpc', port: 9002, targetPort: 'grpc' }] },
    }),
  ),
  { kind: 'SharedGateway', id: 'infra/public', active: true },
];
export const asks = change(
  'SecurityPolicy',
  'infra/ask',
  raw('infra/ask', {
    spec: {
      targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'public' }],
      extAuth: { grpc: { backendRefs: [{ name: 'public', namespace: 'portcullis-system', port: 9002 }] } },
    },
    status: {
      ancestors: [
        {
          ancestorRef: {
            group: 'gateway.networking.k8s.io',
            kind: 'Gateway',
            name: 'public',
            namespace: 'infra',
          },
          controllerName: ENVOY_GATEWAY,
          conditions: [{ type: 'Accepted', status: 'True', observedGeneration: 1 }],
        },
      ],
    },
  }),
);
export const atGateway = (...changes: readonly PlanningChange[]): Shape => ({
  changes: [...gateway, ...changes],
  validators: [VALIDATOR],
});
export const routeBound = (ref: JsonObject = {}) =>
  bound({ targetRefs: [{ kind: 'HTTPRoute', name: 'web', ...ref }] }, 'web');
export const closed = (name = 'closed', ingress: readonly JsonObject[] = []) =>
  change(
    'NetworkPolicy',
    `shop/${name}`,
    raw(`shop/${name}`, { spec: { podSelector: {}, ingress: [...ingress] } }),
  );
export const NAMED_PORT = { annotations: { 'portcullis.dev/capture': 'NamedPort' } };
export const ownValidatorAlone = {
  spec: { initContainers: [{ name: 'portcullis-validator', restartPolicy: 'Always' }] },
};
export const rules = (...list: readonly JsonObject[]) => of(orders(), bound({ rules: [...list] }), app());
export const onTrial = (name = 'orders', spec: JsonObject = {}) => bound({ mode: 'Trial', ...spec }, name);
export const said = (reason: string) =>
  change(
    'ApiBinding',
    'shop/orders',
    raw('shop/orders', {
      spec: { targetRefs: [{ kind: 'Service', name: 'orders' }], sources: [{ name: 'okta' }] },
      status: {
        observedGeneration: 1,
        conditions: [
          {
            ...{ type: 'Guarded', status: 'False', reason, message: 'why' },
            lastTransitionTime: '2026-01-01T00:00:00Z',
          },
        ],
      },
    }),
  );
export const grown = (name: string, owner: string) => ({
  metadata: { ownerReferences: [{ controller: true, kind: 'ReplicaSet', name: `${owner}-5f` }] },
  labels: { app: name, 'pod-template-hash': '5f' },
});
