/** Bindings and pods of one selector, and what can change among them. */

import type { JsonObject } from '../../src/base/json.ts';
import type { ObjectChange } from '../../src/cluster/objects.ts';
import { createSharing } from '../../src/cluster/sharing.ts';
import { bindingFacts } from '../../src/compiler/binding-facts.ts';
import { READERS } from '../../src/operator/follow/kinds.ts';
import type { PlanningChange } from '../../src/planning/policies.ts';
import { VERSION } from '../../src/telemetry/version.ts';
import { binding, ENABLED, namespace, pod, readiness, service, source } from '../operator/objects.ts';
import { count, ORDINARY_RULES } from './operator-objects.ts';

export interface CrowdScale {
  readonly bindings: number;
  readonly pods: number;
}

type LabelsOf = (i: number) => Readonly<Record<string, string>>;

const SHOP = 'shop';
const ALL = { app: 'all' };
const OWN = 'statefulset.kubernetes.io/pod-name';
const SPECIAL = 'special';
const HTTP = { name: 'http', port: 80, targetPort: 'http' };

/** What tells the pods apart. One more binding's selector reads `special`. */
export const LABELS: readonly { readonly name: string; readonly of: LabelsOf }[] = [
  { name: 'alike', of: () => ({}) },
  { name: 'with a label of their own each, which no selector reads', of: (i) => ({ [OWN]: `pod-${i}` }) },
  { name: 'with a label of their own each, which a selector reads', of: (i) => ({ [SPECIAL]: `${i}` }) },
];

const sharing = createSharing();
let versions = 0;

/** As an API server tells of it. */
function changed(kind: ObjectChange['kind'], written: JsonObject, labels: JsonObject = {}): PlanningChange {
  versions += 1;
  const { metadata } = written as { readonly metadata: JsonObject & { readonly labels?: JsonObject } };
  const { namespace: place, name } = metadata;
  const id = place === undefined ? String(name) : `${place}/${name}`;
  const object = READERS[kind](
    {
      ...written,
      metadata: {
        uid: `uid-${id}`,
        resourceVersion: String(versions),
        generation: versions,
        creationTimestamp: '2026-01-01T00:00:00Z',
        ...metadata,
        name: String(name),
        labels: { ...metadata.labels, ...labels },
      },
    } as Parameters<(typeof READERS)[typeof kind]>[0],
    sharing,
    undefined,
  );
  // A union's kind and object belong together, which the compiler does not see across a parameter.
  const change = { kind, id, object } as PlanningChange;
  // The operator has checked it, step by step, before it counts.
  if (change.kind === 'ApiBinding' && change.object?.kind === 'typed') bindingFacts(change.object.object);
  return change;
}

export const nameOfPod = (i: number): string => `${SHOP}/pod-${i}`;

const onePod = (i: number, labelsOf: LabelsOf, ready = true): PlanningChange =>
  changed(
    'Pod',
    {
      ...pod(nameOfPod(i), { app: ALL.app, injected: VERSION }),
      status: { ...readiness(ready), phase: 'Running' },
    },
    labelsOf(i),
  );

/** A third of them each targets pods, their Service, and a route to it. */
function oneBinding(i: number, spec: JsonObject = {}): PlanningChange {
  const targets: readonly JsonObject[] = [
    { podSelector: { matchLabels: ALL } },
    { targetRefs: [{ kind: 'Service', name: ALL.app }] },
    { targetRefs: [{ kind: 'HTTPRoute', name: ALL.app }] },
  ];
  return changed(
    'ApiBinding',
    binding(`${SHOP}/app-${i}`, {
      ...targets[i % targets.length],
      hosts: [`app-${i}.example`],
      rules: ORDINARY_RULES,
      ...spec,
    }),
  );
}

const special = changed(
  'ApiBinding',
  binding(`${SHOP}/${SPECIAL}`, {
    podSelector: { matchLabels: { ...ALL, [SPECIAL]: '7' } },
    hosts: [`${SPECIAL}.example`],
  }),
);

const oneSource = (spec: JsonObject, audience: string): PlanningChange =>
  changed('AuthenticationSource', source(`${SHOP}/keys`, { audiences: [audience] }, spec));

function oneNamespace(label: string, annotations: JsonObject): PlanningChange {
  const { metadata, ...rest } = namespace(SHOP, { ...ENABLED, team: label });
  return changed('Namespace', { ...rest, metadata: { ...(metadata as JsonObject), annotations } });
}

const oneService = (port: JsonObject): PlanningChange =>
  changed('Service', service(`${SHOP}/${ALL.app}`, [port]));

function oneRoute(hostnames: readonly string[]): PlanningChange {
  const status = {
    parents: [{ parentRef: { name: 'edge' }, conditions: [{ type: 'Accepted', status: 'True' }] }],
  };
  const spec = { hostnames, rules: [{ backendRefs: [{ name: ALL.app, port: HTTP.port }] }] };
  return changed('HTTPRoute', { metadata: { namespace: SHOP, name: ALL.app }, spec, status });
}

const gateway = (): PlanningChange =>
  changed('Gateway', {
    metadata: { namespace: SHOP, name: 'edge' },
    spec: { listeners: [{ name: 'web', port: 80 }] },
  });

export const everything = ({ bindings, pods }: CrowdScale, labelsOf: LabelsOf): readonly PlanningChange[] => [
  { kind: 'RouteApi', installed: true },
  { kind: 'SharedGateway', id: `${SHOP}/edge`, active: true },
  ...[oneNamespace('a', {}), gateway(), oneService(HTTP), oneRoute(['*.example']), oneSource({}, 'a')],
  ...count(bindings, (i) => oneBinding(i)),
  special,
  ...count(pods, (i) => onePod(i, labelsOf)),
];

/** Permits no namespace. */
const CLOSED = { allowedNamespaces: { from: 'Selector', selector: { matchLabels: { team: 'none' } } } };

interface OneChange {
  readonly name: string;
  /** Of several changes of its kind that of this round. */
  make(round: number, labelsOf: LabelsOf): readonly PlanningChange[];
}

const inTurn = (name: string, ...makers: readonly ((labelsOf: LabelsOf) => PlanningChange)[]): OneChange => ({
  name,
  make: (round, labelsOf) =>
    makers
      .slice(round % makers.length)
      .slice(0, 1)
      .map((make) => make(labelsOf)),
});

export const CHANGES: readonly OneChange[] = [
  inTurn(
    'binding',
    () => oneBinding(3, { realm: 'other' }),
    () => oneBinding(3, { ports: [{ port: 9090 }] }),
    () => ({ kind: 'ApiBinding', id: `${SHOP}/app-3`, object: undefined }),
  ),
  inTurn(
    'source',
    () => oneSource({}, 'b'),
    () => oneSource(CLOSED, 'b'),
    () => oneSource({}, 'a'),
  ),
  inTurn(
    'namespace',
    () => oneNamespace('b', {}),
    () => oneNamespace('b', { 'portcullis.dev/capture': 'NamedPort' }),
    () => oneNamespace('a', {}),
  ),
  inTurn(
    'pod',
    (labelsOf) => onePod(5, labelsOf, false),
    () => ({ kind: 'Pod', id: nameOfPod(6), object: undefined }),
    (labelsOf) => onePod(6, labelsOf),
  ),
  inTurn(
    'Service',
    () => oneService({ ...HTTP, targetPort: 8080 }),
    () => oneService({ ...HTTP, targetPort: 9090 }),
    () => oneService(HTTP),
  ),
  inTurn(
    'HTTPRoute',
    () => oneRoute(['app-1.example', 'app-2.example']),
    () => oneRoute([]),
    () => oneRoute(['*.example']),
  ),
];
