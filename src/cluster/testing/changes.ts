/** Arbitrary changes of a small cluster, in which everything meets everything. */

import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import type { PlanningChange } from '../../planning/policies.ts';
import type { PublicJwk } from '../../policy/policy.ts';
import { binding, change, fetched, gone, pod, raw, service, source } from './objects.ts';

const key = (kid: string): PublicJwk =>
  ({ ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }), kid }) as PublicJwk;
const KEYS = [[key('a')], [key('b')], [key('a'), key('c')]];

const namespaces = fc.constantFrom('x', 'x', 'x', 'y');
const apps = fc.constantFrom('a', 'b');
const hosts = fc.uniqueArray(fc.constantFrom('h.example', '*.example', 'g.test'), { maxLength: 2 });
const id = (names: fc.Arbitrary<string>) => fc.tuple(namespaces, names).map((parts) => parts.join('/'));

const pods = fc
  .tuple(
    id(fc.constantFrom('p1', 'p2', 'p3')),
    apps,
    fc.boolean(),
    fc.constantFrom('http', 'web'),
    fc.boolean(),
  )
  .map(([name, app, guarded, port, ready]) =>
    pod(name, { labels: { app, tier: 'web' }, guarded, ready, ports: { [port]: 8080, other: 9090 } }),
  );
const services = fc
  .tuple(
    id(apps),
    apps,
    fc.constantFrom<readonly (string | number)[]>([8080], ['http'], ['web', 9090], [1, 2]),
  )
  .map(([name, app, targets]) =>
    service(
      name,
      app,
      targets.map((targetPort, i) => ({
        name: i === 0 && targets.length === 1 ? 'http' : `p${i}`,
        port: i + 1,
        targetPort,
      })),
    ),
  );
const targets = fc.oneof(
  apps.map((name) => ({ targetRefs: [{ kind: 'Service', name }] })),
  apps.map((name) => ({
    targetRefs: [
      { kind: 'Service', name: 'a' },
      { kind: 'HTTPRoute', name },
    ],
  })),
  apps.map((name) => ({
    targetRefs: [
      { kind: 'HTTPRoute', name, sectionName: 'r' },
      { kind: 'HTTPRoute', name: 'a' },
    ],
  })),
  apps.map((name) => ({ targetRefs: [{ kind: 'HTTPRoute', name, sectionName: 'r' }] })),
  apps.map((app) => ({ podSelector: { matchLabels: { tier: 'web', app } } })),
  fc.constant({ podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['b'] }] } }),
  fc.constant({ targetRefs: 'broken' }),
);
const bindings = fc
  .tuple(
    id(fc.constantFrom('b1', 'b2', 'b3', 'b4')),
    targets,
    hosts,
    fc.option(fc.constantFrom(8080, 9090)),
    fc.integer({ min: 0, max: 3 }),
    namespaces,
  )
  .map(([name, spec, names, port, age, sourceNamespace]) =>
    binding(
      name,
      {
        ...spec,
        hosts: names,
        ...(port !== null && { ports: [{ port }] }),
        sources: [{ name: 's1' }, { name: 's2', namespace: sourceNamespace }],
      },
      { creationTimestamp: `2026-01-0${age + 1}T00:00:00Z` },
    ),
  );
const sources = fc
  .tuple(id(fc.constantFrom('s1', 's2')), fc.constantFrom('Same', 'All', 'Selector'), fc.boolean(), fc.nat(2))
  .map(([name, from, hmac, place]) =>
    source(
      name,
      hmac
        ? { keys: { hmac: [{ secretKeyRef: { name: 's', key: 'k' }, encoding: 'Text' }] } }
        : place === 0
          ? { issuer: 'https://moved.example' }
          : {},
      {
        allowedNamespaces: {
          from: hmac ? 'Same' : from,
          ...(!hmac && from === 'Selector' && { selector: { matchLabels: { team: 'web' } } }),
        },
      },
    ),
  );
const secrets = fc
  .tuple(namespaces, fc.constantFrom('a', 'b'))
  .map(([namespace, byte]) =>
    change(
      'Secret',
      `${namespace}/s`,
      raw(`${namespace}/s`, { data: { k: Buffer.from(`${byte}0123456789`.repeat(8)).toString('base64') } }),
    ),
  );
const keys = fc
  .tuple(id(fc.constantFrom('s1', 's2')), fc.option(fc.constantFrom(...KEYS)), fc.integer({ min: 1, max: 3 }))
  .map(
    ([name, set, checkedAt]): PlanningChange =>
      set === null ? { kind: 'Keys', uid: `uid-${name}`, keys: undefined } : fetched(name, set, checkedAt),
  );
const routes = fc
  .tuple(id(apps), hosts, fc.boolean(), fc.boolean())
  .map(([name, hostnames, accepted, named]) =>
    change(
      'HTTPRoute',
      name,
      raw(name, {
        spec: { hostnames, rules: [{ ...(named && { name: 'r' }), backendRefs: [{ name: 'a', port: 1 }] }] },
        status: {
          parents: [
            {
              parentRef: { name: 'g', namespace: 'x' },
              conditions: [{ type: 'Accepted', status: accepted ? 'True' : 'False' }],
            },
          ],
        },
      }),
    ),
  );
function gateway(hostname: string | undefined): PlanningChange {
  const listener = { name: 'w', port: 80, ...(hostname !== undefined && { hostname }) };
  return change('Gateway', 'x/g', raw('x/g', { spec: { listeners: [listener] } }));
}

/** Without them the random ones would seldom meet. */
const SHARED: readonly PlanningChange[] = [
  { kind: 'RouteApi', installed: true },
  { kind: 'SharedGateway', id: 'x/g', active: true },
  gateway(undefined),
];

const others = fc.oneof(
  fc.boolean().map((installed): PlanningChange => ({ kind: 'RouteApi', installed })),
  fc
    .tuple(fc.boolean(), fc.boolean())
    .map(
      ([active, tellsRoutes]): PlanningChange => ({ kind: 'SharedGateway', id: 'x/g', active, tellsRoutes }),
    ),
  fc
    .tuple(namespaces, fc.boolean())
    .map(([namespace, readable]): PlanningChange => ({ kind: 'SecretAccess', namespace, readable })),
  fc.constantFrom('*.example', 'h.example', '*.test', undefined).map(gateway),
  fc.constant(gone('Gateway', 'x/g')),
  fc
    .tuple(
      namespaces,
      fc.constantFrom({}, { 'portcullis.dev/capture': 'NamedPort' }),
      fc.constantFrom('web', 'ops'),
    )
    .map(([name, annotations, team]) =>
      change('Namespace', name, raw(name, {}, { annotations: { ...annotations }, labels: { team } })),
    ),
);
const objects = fc.oneof(pods, services, bindings, sources, secrets, routes);
const deletions = objects.map((made): PlanningChange => gone(made.kind, made.id));
export const changes = fc.oneof(
  { weight: 12, arbitrary: objects },
  { weight: 2, arbitrary: keys },
  { weight: 2, arbitrary: others },
  { weight: 3, arbitrary: deletions },
);

/** Of two changes of one name the later counts. */
export const nameOf = (made: PlanningChange): string => {
  switch (made.kind) {
    case 'Keys':
      return `Keys ${made.uid}`;
    case 'RouteApi':
      return made.kind;
    case 'SecretAccess':
      return `${made.kind} ${made.namespace}`;
    case 'PodRefusal':
      return `${made.kind} ${made.of.kind} ${made.of.id}`;
    default:
      return `${made.kind} ${made.id}`;
  }
};

/** Batches, in one half of the cases with a gateway in use, and in one half without pods. */
export const histories: fc.Arbitrary<readonly (readonly PlanningChange[])[]> = fc
  .tuple(
    fc.boolean(),
    fc.boolean(),
    fc.array(fc.array(changes, { maxLength: 6 }), { minLength: 6, maxLength: 20, size: 'max' }),
  )
  .map(([shared, withPods, batches]) => [
    ...(shared ? [SHARED] : []),
    ...batches.map((batch) => batch.filter(({ kind }) => withPods || kind !== 'Pod')),
  ]);
