import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { binding, change, type PodOptions, pod, raw, service, source } from '../cluster/testing/objects.ts';
import { createPolicies, type Policies } from '../planning/policies.ts';
import { type BindingSurroundings, gatherBindingFacts } from './binding-facts.ts';
import { shownBinding } from './testing/status.ts';

let policies: Policies;
beforeEach(() => {
  policies = createPolicies({ allowInsecureHttp: false });
  policies.apply([
    source('shop/okta'),
    service('shop/orders', 'orders'),
    change('Namespace', 'shop', raw('shop', {}, { labels: { 'portcullis.dev/injection': 'enabled' } })),
    change('Node', 'node', raw('node', { status: { conditions: [{ type: 'Ready', status: 'True' }] } })),
    binding('shop/orders'),
    pod('shop/o-1', { labels: { app: 'orders' }, ports: { http: 8080, metrics: 9090 } }),
  ]);
});

const around = (overrides: Partial<BindingSurroundings> = {}): BindingSurroundings => ({
  reportOf: (id) => ({ version: policies.podPolicy(id)?.version, rejected: undefined }),
  unmounted: () => undefined,
  gatewayPods: () => [],
  wasAsked: () => undefined,
  sourceProblem: () => undefined,
  restarts: () => [],
  wouldDeny: () => undefined,
  ...{ nodesKnown: true, version: '1.0.0', now: 100 },
  ...overrides,
});

function shown(overrides: Partial<BindingSurroundings> = {}) {
  const found = gatherBindingFacts('shop/orders', policies, around(overrides));
  if (found === undefined) throw new Error('no binding');
  return shownBinding(found);
}

it('knows nothing of a binding that there is not', () => {
  expect(gatherBindingFacts('shop/x', policies, around())).toBeUndefined();
});

it('is ready, and lists the ports that nothing guards', () => {
  expect(shown().conditions.Ready).toBe('True Ready');
  expect(shown().messages.Guarded).toContain('9090 (metrics)');
});

it('lists ports of the targeted Service that nothing guards, though the pod does not declare them', () => {
  policies.apply([
    service('shop/orders', 'orders', [
      { name: 'http-metrics', port: 9090, targetPort: 8080 },
      { name: 'web', port: 80, targetPort: 8081 },
      { name: 'admin', port: 81, targetPort: 'nothing' },
    ]),
    pod('shop/o-1', { labels: { app: 'orders' } }),
  ]);
  expect(shown().messages.Guarded).toContain('Other ports pass untouched: 8081 (web).');
});

it.each([
  ['without one', 'app', 'False BypassPossible'],
  ['with one', 'envoyproxy/envoy', 'True Guarded'],
])('leaves the asking to an Envoy of the pod, capture None: %s', (_, image, guarded) => {
  const spec = {
    containers: [{ name: 'app', image, ports: [{ containerPort: 8080 }] }],
    initContainers: [{ name: 'portcullis-validator', restartPolicy: 'Always' }],
  };
  policies.apply([pod('shop/o-1', { labels: { app: 'orders' }, spec })]);
  expect(shown().conditions.Guarded).toBe(guarded);
});

it('leaves the asking to whoever a NetworkPolicy admits alone, capture None', () => {
  const spec = { initContainers: [{ name: 'portcullis-validator', restartPolicy: 'Always' }] };
  const policy = (from: JsonObject) =>
    change('NetworkPolicy', 'shop/p', raw('shop/p', { spec: { podSelector: {}, ingress: [from] } }));
  policies.apply([pod('shop/o-1', { labels: { app: 'orders' }, spec }), policy({})]);
  expect(shown().conditions.Guarded).toBe('False BypassPossible');
  policies.apply([policy({ from: [{ podSelector: { matchLabels: { app: 'waypoint' } } }] })]);
  expect(shown().conditions.Guarded).toBe('True Guarded');
});

describe('a pod without a validator', () => {
  const ran = { terminated: { exitCode: 1 } };
  const waits = { waiting: { reason: 'CrashLoopBackOff' } };
  const says = (state: JsonObject, more: JsonObject = {}): JsonObject => ({
    containerStatuses: [{ name: 'app', restartCount: 0, state, ...more }],
  });
  const deleted = { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } };
  const init = (state: JsonObject, sidecar: JsonObject = {}) => ({
    spec: { initContainers: [{ name: 'first', ...sidecar }] },
    status: { ...says({ waiting: {} }), initContainerStatuses: [{ name: 'first', state }] },
  });
  const sidecar = { restartPolicy: 'Always' };

  it.each<[string, boolean, PodOptions]>([
    ['runs', true, { status: says({ running: {} }) }],
    ['runs, as far as is known', true, {}],
    ['has a node, and is said nothing of', true, { phase: 'Pending', ready: false }],
    ['ran, and waits for its next start', true, { status: says(waits, { lastState: ran }) }],
    ['ran often', true, { status: says(waits, { restartCount: 3 }) }],
    ['has a sidecar that runs', true, init({ running: {} }, sidecar)],
    ['has no node yet', false, { phase: 'Pending', ready: false, node: '' }],
    ['cannot get its image', false, { phase: 'Pending', status: says({ waiting: {} }) }],
    ['has an init container that never ends', false, init({ running: {} })],
    ['has an init container that fails', false, init(ran)],
    ['has a sidecar that waits', false, init({ waiting: {} }, sidecar)],
    ['was evicted', false, { phase: 'Failed', status: says({ running: {} }) }],
    ['has come to its end', false, { phase: 'Succeeded', status: says(ran) }],
    ['is being deleted, and runs', true, { ...deleted, status: says({ running: {} }) }],
    ['is being deleted, and runs by all that is known', true, deleted],
    ['is being deleted, and has ended', false, { ...deleted, status: says(ran) }],
    [
      'is being deleted, and will not start again',
      false,
      { ...deleted, status: says(waits, { lastState: ran }) },
    ],
    [
      'is being deleted, and never ran',
      false,
      { ...deleted, phase: 'Pending', status: says({ waiting: {} }) },
    ],
  ])('that %s: it is open: %s', (_, isOpen, options) => {
    policies.apply([pod('shop/o-1', { labels: { app: 'orders' }, guarded: false, ...options })]);
    const { conditions, status } = shown();
    expect([conditions.Guarded, status.podsUnguarded]).toEqual(
      isOpen ? ['False PodsUnguarded', 1] : ['True NoPods', 0],
    );
  });

  it('is named before it runs, and while it ends', () => {
    const options = { labels: { app: 'orders' }, guarded: false };
    policies.apply([pod('shop/o-2', { ...options, phase: 'Pending', status: says({ waiting: {} }) })]);
    expect(shown().conditions.Guarded).toBe('True Guarded');
    expect(shown().messages.Guarded).toContain(
      'Pod shop/o-2 has not run yet, and would be open: restart their workload.',
    );
    policies.apply([pod('shop/o-2', { ...options, ...deleted })]);
    expect(shown().messages.Guarded).toBe(
      '1 of 2 pods has no validator: Pod shop/o-2 (being deleted); wait until the containers have ended: until then they can be called by their address',
    );
  });
});

describe('a pod that is being deleted, and whose containers run', () => {
  const ending = { labels: { app: 'orders' }, metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } };
  const says = (version: string | undefined) => ({ reportOf: () => ({ version, rejected: undefined }) });

  it('is asked by its address: a validator that enforces an older version is waited for', () => {
    policies.apply([pod('shop/o-1', ending)]);
    expect(shown().conditions.Programmed).toBe('True Programmed');
    expect(shown(says('old')).conditions.Programmed).toBe('False Pending');
    expect(shown(says('old')).messages.Programmed).toContain('1 validator of 1 still to acknowledge');
  });

  it('leaves open the ports that its sidecars do not take, and is not outdated any more', () => {
    policies.apply([pod('shop/o-1', { ...ending, captured: [], version: '0.9.0' })]);
    expect(shown().conditions.Guarded).toBe('False PortsUncaptured');
    expect(shown().status.podsOutdated).toBe(0);
  });

  it('does not stand for pods that are to come', () => {
    policies.apply([pod('shop/o-1', ending), pod('shop/o-2', { labels: { app: 'orders' }, ready: false })]);
    expect(shown().conditions.Programmed).toBe('False NoReadyPods');
  });
});

it('waits for a validator of a pod that is not ready, and enforces an older version', () => {
  policies.apply([pod('shop/o-2', { labels: { app: 'orders' }, ready: false })]);
  const reportOf =
    (version: string | undefined): BindingSurroundings['reportOf'] =>
    (id) => ({
      version: id === 'shop/o-1' ? policies.podPolicy(id)?.version : version,
      rejected: undefined,
    });
  expect(shown({ reportOf: reportOf('old') }).conditions.Programmed).toBe('False Pending');
  expect(shown({ reportOf: reportOf(undefined) }).conditions.Programmed).toBe('True Programmed');
});

describe('counts', () => {
  it.each([
    ['no pod on a node that is not ready', { node: 'gone' }, '0/0'],
    ['no pod that is not ready', { ready: false }, '0/0'],
    ['no pod that is being deleted', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }, '0/0'],
    ['every other', {}, '1/1'],
  ])('%s', (_, options, summary) => {
    policies.apply([pod('shop/o-1', { labels: { app: 'orders' }, ...options })]);
    expect(shown().status.validators?.summary).toBe(summary);
  });

  it('pods on nodes that may not be read', () => {
    policies.apply([pod('shop/o-1', { labels: { app: 'orders' }, node: 'unknown' })]);
    expect(shown({ nodesKnown: false }).status.validators?.summary).toBe('1/1');
  });

  it('what a pod before this one of the same name has said as nothing', () => {
    const reportOf: BindingSurroundings['reportOf'] = (_, uid) =>
      uid === 'other' ? { version: 'v', rejected: undefined } : undefined;
    expect(shown({ reportOf }).conditions.Programmed).toBe('False Pending');
  });

  it('sidecars of another version as outdated', () => {
    expect(shown({ version: '2.0.0' }).status.podsOutdated).toBe(1);
    const images = { image: 'portcullis:1.0.0', envoyImage: 'envoy:1' };
    expect(shown({ images }).status.podsOutdated).toBe(0);
    const sidecar = { name: 'portcullis-validator', restartPolicy: 'Always', image: 'portcullis:0.9.0' };
    policies.apply([pod('shop/o-1', { labels: { app: 'orders' }, spec: { initContainers: [sidecar] } })]);
    expect(shown({ images }).status.podsOutdated).toBe(1);
  });
});

it.each([
  ['evil.example/portcullis:1.0.0', 'enabled', 'True Guarded', 0],
  ['evil.example/portcullis:1.0.0', 'no', 'False PodsOutdated', 1],
  ['ghcr.io/portcullis:0.9.0', 'no', 'True Guarded', 1],
  ['ghcr.io/portcullis:1.0.0', 'no', 'True Guarded', 0],
])('is proven by the repository alone where no webhook looks: %s, %s', (image, label, guarded, outdated) => {
  const containers = [{ name: 'envoy', ports: [{ containerPort: 8080 }] }];
  const initContainers = [{ name: 'portcullis-validator', restartPolicy: 'Always', image }];
  const labels = { 'portcullis.dev/injection': label };
  policies.apply([
    pod('shop/o-1', { labels: { app: 'orders' }, spec: { containers, initContainers } }),
    change('Namespace', 'shop', raw('shop', {}, { labels })),
  ]);
  const { conditions, status } = shown({ images: { image: 'ghcr.io/portcullis:1.0.0', envoyImage: 'e' } });
  expect([conditions.Guarded, status.podsOutdated]).toEqual([guarded, outdated]);
});

it.each([
  ['hostNetwork', { spec: { hostNetwork: true } }, 'hostNetwork'],
  [
    'the label that forbids it',
    { labels: { app: 'orders', 'portcullis.dev/inject': 'false' } },
    'portcullis.dev/inject',
  ],
  [
    'that label, though it brings containers that are called so',
    { labels: { app: 'orders', 'portcullis.dev/inject': 'false' }, guarded: true },
    'portcullis.dev/inject',
  ],
])('says that a pod has no validator for %s', (_, options, words) => {
  policies.apply([pod('shop/o-1', { labels: { app: 'orders' }, guarded: false, ...options })]);
  expect(shown().conditions.Ready).toBe('False PodsUnguarded');
  expect(shown().messages.Ready).toContain(words);
});

it('of a binding that breaks the schema says Invalid', () => {
  policies.apply([binding('shop/orders', { mode: 'Open' })]);
  expect(shown().conditions).toMatchObject({ Ready: 'False Invalid', Stalled: 'True Refused' });
});
