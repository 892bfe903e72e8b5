import { describe, expect, it } from 'vitest';
import type { StoredBinding } from './objects.ts';
import { readBinding, readConfigMap, readSecret, readSource } from './ours.ts';
import { readPod } from './pod.ts';
import { readGateway, readRoute } from './routes.ts';
import { createSharing } from './sharing.ts';
import { keptPod as pod, raw } from './testing/objects.ts';
import { readNamespace, readNode, readService, readWorkload } from './workloads.ts';

const sharing = createSharing();

const readers = {
  readPod: (value: never) => readPod(value, sharing),
  readService: (value: never) => readService(value, sharing),
  readWorkload: (value: never) => readWorkload('Deployment', value, sharing),
  readNamespace: (value: never) => readNamespace(value, sharing),
  readNode: (value: never) => readNode(value, sharing),
  readRoute: (value: never) => readRoute('HTTPRoute', value, sharing),
  readGateway: (value: never) => readGateway(value, sharing),
  readSecret: (value: never) => readSecret(value, sharing),
  readConfigMap: (value: never) => readConfigMap(value, sharing),
  readBinding: (value: never) => readBinding(value, sharing),
  readSource: (value: never) => readSource(value, sharing),
};

const HOSTILE: readonly unknown[] = [
  { metadata: { name: 'x', namespace: 'y', labels: [1], annotations: 'a', ownerReferences: {} } },
  { metadata: { name: 'x' }, spec: [], status: 7 },
  {
    metadata: { name: 'x' },
    spec: { containers: [{ ports: [{ containerPort: 70_000 }, null, 'x'] }, 3], initContainers: 'no' },
    status: { conditions: {} },
  },
  {
    metadata: { name: 'x' },
    spec: { selector: null, ports: [{ port: -1 }], rules: [{ backendRefs: [{}] }], listeners: [{}] },
    data: 5,
  },
];

describe.each(Object.entries(readers))('%s', (_, read) => {
  it.each([[null], [undefined], ['text'], [[]], [{}], [{ metadata: { name: 7 } }]])(
    'keeps nothing of %j',
    (value) => {
      expect(read(value as never)).toBeUndefined();
    },
  );

  it.each(HOSTILE.map((value) => [value]))('does not stumble over %j', (value) => {
    expect(() => read(value as never)).not.toThrow();
  });
});

describe('a Pod', () => {
  it('keeps what is used', () => {
    const kept = pod('shop/orders-1', {
      labels: { app: 'orders', 'portcullis.dev/inject': 'true' },
      annotations: { 'portcullis.dev/capture': 'NamedPort', other: 'x' },
      ports: { http: 8080, 9090: 9090 },
      metadata: { ownerReferences: [{ kind: 'ReplicaSet', name: 'orders-abc', controller: true }] },
    });
    expect(kept).toMatchObject({
      metadata: { namespace: 'shop', name: 'orders-1' },
      owner: { kind: 'ReplicaSet', name: 'orders-abc' },
      phase: 'Running',
      ready: true,
      deleting: false,
      hostNetwork: false,
      sidecars: { validator: true, envoy: true, version: '1.0.0' },
    });
    expect(kept.ports).toEqual([
      { name: '', port: 9090 },
      { name: 'http', port: 8080 },
    ]);
    expect(kept.marks).toEqual({
      'portcullis.dev/inject': 'true',
      'portcullis.dev/capture': 'NamedPort',
      'portcullis.dev/injected': '1.0.0',
    });
  });

  it('has the ports of native sidecars, and of no init container, no mesh, and nothing but TCP', () => {
    const spec = {
      containers: [
        {
          name: 'app',
          ports: [
            { containerPort: 1, protocol: 'UDP' },
            { containerPort: 2, protocol: 'TCP' },
          ],
        },
        { name: 'istio-proxy', ports: [{ containerPort: 15_090, name: 'http-envoy-prom' }] },
      ],
      initContainers: [
        { name: 'migrate', ports: [{ containerPort: 3 }] },
        { name: 'proxy', restartPolicy: 'Always', ports: [{ containerPort: 4, name: 'web' }] },
      ],
    };
    expect(pod('a/b', { spec }).ports.map(({ port }) => port)).toEqual([2, 4]);
  });

  it('has no validator by an ordinary container of that name', () => {
    const spec = { containers: [{ name: 'portcullis-validator' }] };
    expect(pod('a/b', { guarded: false, spec }).sidecars.validator).toBe(false);
  });

  it('shares with its siblings what they have alike', () => {
    const [a, b] = ['a/1', 'a/2'].map((id) => pod(id, { labels: { app: 'x' } }));
    expect(a?.labels).toBe(b?.labels);
    expect(a?.ports).toBe(b?.ports);
    expect(a?.sidecars).toBe(b?.sidecars);
  });
});

it('forgets what it shares before that grows without bounds', () => {
  const small = createSharing(2);
  const first = readPod(raw('a/1', {}, { labels: { app: 'x' } }), small);
  for (let i = 0; i < 5; i++) readPod(raw(`a/${i}`, {}, { labels: { app: `${i}` } }), small);
  const again = readPod(raw('a/1', {}, { labels: { app: 'x' } }), small);
  expect(again?.labels).toEqual(first?.labels);
  expect(again?.labels).not.toBe(first?.labels);
});

describe('a workload', () => {
  it('chooses nothing by a condition that cannot be read', () => {
    const selector = { matchExpressions: [{ key: 'a', operator: 'Gt', values: ['1'] }] };
    const kept = readWorkload('Deployment', raw('a/b', { spec: { selector } }), sharing);
    expect(kept?.selector.matchExpressions).toEqual([{ key: '', operator: 'In', values: [] }]);
  });
});

describe('a route', () => {
  const parent = (gateway: string, status: string) => ({
    parentRef: { name: gateway },
    conditions: [{ type: 'Accepted', status }],
  });

  it('has only the parents that accepted it', () => {
    const route = readRoute(
      'HTTPRoute',
      raw('a/b', { status: { parents: [parent('yes', 'True'), parent('no', 'False')] } }),
      sharing,
    );
    expect(route?.parents.map(({ gateway }) => gateway)).toEqual(['a/yes']);
  });

  it('keeps a host that is none, lest its list be empty and mean any', () => {
    const route = readRoute('HTTPRoute', raw('a/b', { spec: { hostnames: ['a b'] } }), sharing);
    expect(route?.hostnames).toEqual(['a b']);
  });

  it('counts Services alone', () => {
    const backendRefs = [
      { name: 'api', port: 80 },
      { name: 'x', kind: 'Bucket' },
      { name: 'y', namespace: 'c' },
    ];
    const route = readRoute('HTTPRoute', raw('a/b', { spec: { rules: [{ backendRefs }] } }), sharing);
    expect(route?.backends.map(({ service }) => service)).toEqual(['a/api', 'c/y']);
    expect(route?.foreign).toEqual(['Bucket a/x', 'Service c/y']);
  });
});

const contentOf = (kept: StoredBinding | undefined) => (kept?.kind === 'typed' ? kept.object : undefined);

describe('our own kinds', () => {
  const spec = { targetRefs: [{ kind: 'Service', name: 'api' }], sources: [{ name: 'okta' }] };

  it('are typed, with defaults, and keep their status apart', () => {
    const kept = readBinding(raw('a/b', { spec, status: { sourceCount: 1 } }), sharing);
    expect(kept).toMatchObject({
      kind: 'typed',
      metadata: { namespace: 'a', name: 'b', generation: 1 },
      status: { sourceCount: 1 },
      object: { kind: 'ApiBinding', spec: { mode: 'Enforce' } },
    });
  });

  it('keep of their metadata what somebody asks for, whatever else there may be', () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}' };
    const others = { labels: { app: 'x' }, finalizers: ['a/b'], managedFields: [{}], yetUnknown: { a: 1 } };
    const kept = readBinding(raw('a/b', { spec }, { annotations, ...others }), sharing);
    expect(kept?.kind).toBe('typed');
    expect(JSON.stringify(kept)).not.toMatch(/last-applied|labels|finalizers|managed|yetUnknown/);
  });

  it('keep once what many of them leave to the defaults, and no default status', () => {
    const [one, other] = ['a/b', 'c/d'].map((id) => contentOf(readBinding(raw(id, { spec }), sharing)));
    for (const part of ['credentials', 'pathMatching', 'forward', 'cors'] as const) {
      expect(one?.spec[part]).toBe(other?.spec[part]);
    }
    const own = { ...spec, forward: { user: 'x-who' } };
    expect(contentOf(readBinding(raw('e/f', { spec: own }), sharing))).toMatchObject({ spec: own });
    expect(one).not.toHaveProperty('status');
  });

  it('stay the same object while their status changes, and no longer', () => {
    const before = readBinding(raw('a/b', { spec }), sharing);
    const told = readBinding(raw('a/b', { spec, status: { sourceCount: 1 } }), sharing, before);
    expect(contentOf(told)).toBe(contentOf(before));
    expect(told?.status).toEqual({ sourceCount: 1 });
    expect(told?.metadata.resourceVersion).not.toBe(before?.metadata.resourceVersion);
    const audit = { spec: { ...spec, mode: 'Audit' } };
    const changed = readBinding(raw('a/b', audit, { generation: 2 }), sharing, told);
    expect(contentOf(changed)).toMatchObject(audit);
    const another = readBinding(raw('a/b', audit, { uid: 'another' }), sharing, before);
    expect(contentOf(another)).toMatchObject(audit);
    const uncounted = readBinding(raw('a/b', { spec }, { generation: 0 }), sharing);
    expect(contentOf(readBinding(raw('a/b', audit, { generation: 0 }), sharing, uncounted))).toMatchObject(
      audit,
    );
  });

  it.each([
    ['an unknown mode', { ...spec, mode: 'Open' }],
    ['an unknown field', { ...spec, exempt: true }],
    ['no sources', { targetRefs: spec.targetRefs }],
    ['no spec', undefined],
  ])('are not trusted with %s, and keep their name', (_, broken) => {
    const kept = readBinding(raw('a/b', broken && { spec: broken }), sharing);
    expect(kept).toMatchObject({ kind: 'refused', metadata: { namespace: 'a', name: 'b' } });
    expect(kept?.kind === 'refused' && kept.findings.map(({ reason }) => reason)).toContain('Invalid');
  });
});

describe('a Secret', () => {
  it('is decoded, with the version that says when it changes', () => {
    const kept = readSecret(raw('a/b', { data: { k: 'aGk=' } }), sharing);
    expect(Buffer.from(kept?.data.get('k') ?? []).toString()).toBe('hi');
    expect(kept?.metadata.resourceVersion).not.toBe('');
  });

  it('with what is not base64 is as good as not there', () => {
    expect(readSecret(raw('a/b', { data: { k: '!' } }), sharing)).toBeUndefined();
  });
});
