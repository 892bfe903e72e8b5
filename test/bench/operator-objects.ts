/** What stands in the cluster of the operator's measurement: sources, bindings with a Service each, and pods. */

import type { JsonObject } from '../../src/base/json.ts';
import type { Draft } from '../../src/kubernetes/client.ts';
import type { Resource } from '../../src/kubernetes/resource.ts';
import { RESOURCES } from '../../src/operator/resources.ts';
import { binding, ENABLED, namespace, pod, service, source } from '../operator/objects.ts';

export interface Scale {
  readonly namespaces: number;
  readonly sources: number;
  /** Of them, those whose keys are fetched from the provider. */
  readonly discovered: number;
  readonly bindings: number;
  /** Pods with a validator each, all in one namespace. */
  readonly validators: number;
}

/** Where the pods are; the binding of that name guards all of them, beside one for each workload. */
export const CROWD = 'team-0';
const EVERYONE = 'everyone';
export const EVERYONES_BINDING = { namespace: CROWD, name: EVERYONE };
export const NODE = 'node';
const WORKLOADS = 100;

const ACCOUNTS: Resource = {
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  namespaced: true,
};

export interface Wanted {
  readonly resource: Resource;
  readonly object: Draft;
}

export const count = <T>(number: number, make: (i: number) => T): readonly T[] =>
  Array.from({ length: number }, (_, i) => make(i));

export const podNames = ({ validators }: Scale): readonly string[] => count(validators, (i) => `pod-${i}`);

/** In the order in which they can be made; those of one group in any order. */
export function objectsOf(scale: Scale, provider: string, version: string): readonly (readonly Wanted[])[] {
  const spaces = count(scale.namespaces, (i) => `team-${i}`);
  const spaceOf = (i: number) => spaces[i % spaces.length] ?? CROWD;
  const perSpace = Math.floor(scale.sources / scale.namespaces);
  const bindings = count(scale.bindings - 1, (i) => {
    const place = spaceOf(i);
    const nth = Math.floor(i / scale.namespaces);
    return { id: `${place}/app-${nth}`, source: `login-${nth % perSpace}`, host: `app-${nth}.example` };
  });
  return [
    [...spaces.map((name) => namespace(name, ENABLED)), node].map(wanted),
    [account, ...bindings.map(({ id }) => service(id, PORTS, { clusterIP: 'None' }))].map(wanted),
    count(scale.sources, (i) => {
      const id = `${spaceOf(i)}/login-${Math.floor(i / scale.namespaces)}`;
      const fetched = { issuer: `${provider}/p${i}`, keys: {} };
      return source(id, i < scale.discovered ? fetched : {});
    }).map(wanted),
    [
      ...bindings.map(({ id, source: name, host }) => binding(id, bindingSpec(name, host))),
      binding(`${CROWD}/${EVERYONE}`, {
        ...bindingSpec('login-0', `${EVERYONE}.example`),
        podSelector: { matchLabels: { crowd: EVERYONE } },
      }),
    ].map(wanted),
    podNames(scale)
      .map((name, i) => crowded(pod(`${CROWD}/${name}`, { app: `app-${i % WORKLOADS}`, injected: version })))
      .map(wanted),
  ];
}

const PORTS = [{ name: 'http', port: 80, targetPort: 8080 }];

/** As many write them: an open health check, a prefix with a role, the rest for every user that is known. */
export const ORDINARY_RULES: readonly JsonObject[] = [
  { name: 'health', match: { paths: [{ type: 'Exact', value: '/healthz' }] }, authentication: 'None' },
  {
    name: 'admin',
    match: { paths: [{ type: 'PathPrefix', value: '/admin' }] },
    require: { roles: { anyOf: ['admin'] } },
  },
  { name: 'rest' },
];

const bindingSpec = (source: string, host: string): JsonObject => ({
  hosts: [host],
  sources: [{ name: source }],
  rules: ORDINARY_RULES,
});

const node: JsonObject = { apiVersion: 'v1', kind: 'Node', metadata: { name: NODE } };
const account: JsonObject = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'default', namespace: CROWD },
};

function crowded(written: JsonObject): JsonObject {
  const { metadata } = written as { readonly metadata: { readonly labels: JsonObject } };
  return { ...written, metadata: { ...metadata, labels: { ...metadata.labels, crowd: EVERYONE } } };
}

const KINDS: Readonly<Record<string, Resource>> = { ...RESOURCES, ServiceAccount: ACCOUNTS };

/** With what kubectl apply leaves in everything that it writes. */
export function wanted(object: JsonObject): Wanted {
  const resource = KINDS[String(object.kind)];
  if (resource === undefined) throw new Error(`nobody knows the kind ${String(object.kind)}`);
  const { metadata } = object as { readonly metadata: { readonly annotations?: JsonObject } };
  const annotations = {
    ...metadata.annotations,
    'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(object),
  };
  // Each of those above has a name.
  return { resource, object: { ...object, metadata: { ...metadata, annotations } } as unknown as Draft };
}
