import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { readBinding, readSource } from '../cluster/ours.ts';
import { createSharing } from '../cluster/sharing.ts';
import { binding, change, gone, pod, raw, service, source } from '../cluster/testing/objects.ts';
import { createPolicies, type Policies } from './policies.ts';
import { policyOfPod } from './testing/policies.ts';

let policies: Policies;
beforeEach(() => {
  policies = createPolicies({ allowInsecureHttp: false });
});

const ORDERS = [service('shop/orders', 'orders'), pod('shop/o-1', { labels: { app: 'orders' } })];
const OKTA = source('shop/okta');

/** The bindings of a pod's policy: `id judgement@ports`. */
function shown(of: string): readonly string[] | undefined {
  return policyOfPod(policies, of)?.policy.bindings.map(
    ({ id, judgement, ports }) => `${id} ${judgement.kind}@${ports.join()}`,
  );
}

function reason(id: string): string | undefined {
  const acceptance = policies.binding(id)?.acceptance;
  return acceptance?.kind === 'refused' ? acceptance.reason : acceptance?.kind;
}

describe('a pod', () => {
  it('without a binding has no policy', () => {
    policies.apply([OKTA, ...ORDERS]);
    expect(policyOfPod(policies, 'shop/o-1')).toBeUndefined();
  });

  it('has its own bindings, and those of no other workload and namespace', () => {
    const elsewhere = pod('bank/o-1', { labels: { app: 'orders' } });
    const other = pod('shop/p-1', { labels: { app: 'payments' } });
    policies.apply([OKTA, ...ORDERS, elsewhere, other, binding('shop/orders')]);
    expect(shown('shop/o-1')).toEqual(['shop/orders rules@8080']);
    expect(policyOfPod(policies, 'bank/o-1')).toBeUndefined();
    expect(policyOfPod(policies, 'shop/p-1')).toBeUndefined();
  });

  it('loses them with its label, with the binding, and with its end', () => {
    policies.apply([OKTA, ...ORDERS, binding('shop/orders')]);
    policies.apply([pod('shop/o-1', { labels: { app: 'other' } })]);
    expect(policyOfPod(policies, 'shop/o-1')).toBeUndefined();
    policies.apply(ORDERS);
    expect(shown('shop/o-1')).toHaveLength(1);
    policies.apply([pod('shop/o-1', { labels: { app: 'orders' }, phase: 'Succeeded' })]);
    expect(policyOfPod(policies, 'shop/o-1')).toBeUndefined();
    policies.apply([...ORDERS, gone('ApiBinding', 'shop/orders')]);
    expect(policyOfPod(policies, 'shop/o-1')).toBeUndefined();
    expect(policies.sets()).toBe(0);
  });

  it('has one policy with its siblings', () => {
    policies.apply([OKTA, ...ORDERS, pod('shop/o-2', { labels: { app: 'orders' } }), binding('shop/orders')]);
    expect(policyOfPod(policies, 'shop/o-2')?.policy).toBe(policyOfPod(policies, 'shop/o-1')?.policy);
    expect(policies.sets()).toBe(1);
  });
});

describe('what cannot be enforced denies', () => {
  it('a binding that breaks the schema, on the pods that it names', () => {
    const broken = binding('shop/orders', { mode: 'Open', hosts: ['a.example'] });
    policies.apply([
      OKTA,
      ...ORDERS,
      broken,
      binding('shop/all', { podSelector: { matchLabels: { app: 'orders' } } }),
    ]);
    expect(shown('shop/o-1')).toEqual(['shop/all rules@8080', 'shop/orders invalid@']);
    expect(reason('shop/orders')).toBe('Invalid');
  });

  it('a binding whose targets cannot be read either, wherever requests are judged in its namespace', () => {
    const broken = binding('shop/broken', { targetRefs: 'orders', hosts: ['admin.example'] });
    policies.apply([OKTA, ...ORDERS, binding('shop/orders', { mode: 'Audit' }), broken]);
    expect(shown('shop/o-1')).toEqual(['shop/orders rules@8080', 'shop/broken invalid@']);
    policies.apply([pod('shop/o-1', { labels: { app: 'orders' }, guarded: false })]);
    expect(shown('shop/o-1')).toEqual(['shop/orders rules@8080']);
  });

  it('a binding whose ports cannot be told, behind those whose ports are known', () => {
    const ambiguous = service('shop/many', 'orders', [
      { name: 'a', port: 1 },
      { name: 'b', port: 2 },
    ]);
    const older = binding('shop/many', {}, { creationTimestamp: '2020-01-01T00:00:00Z' });
    policies.apply([OKTA, ...ORDERS, ambiguous, older, binding('shop/orders')]);
    expect(shown('shop/o-1')).toEqual(['shop/orders rules@8080', 'shop/many invalid@']);
    expect(reason('shop/many')).toBe('PortAmbiguous');
    expect(reason('shop/orders')).toBe('accepted');
  });

  it('a source that breaks the schema, as one that is not there', () => {
    policies.apply([source('shop/okta', {}, { extra: 1 }), ...ORDERS, binding('shop/orders')]);
    expect(policies.source('shop/okta')?.acceptance).toMatchObject({ kind: 'refused', reason: 'Invalid' });
    expect(policies.binding('shop/orders')?.sourcesNotPermitted).toEqual(['shop/okta']);
    expect(policyOfPod(policies, 'shop/o-1')?.policy.sources).toEqual([]);
  });
});

describe('targets that are not there', () => {
  it.each([
    ['a Service', { targetRefs: [{ kind: 'Service', name: 'x' }] }, 'TargetNotFound'],
    ['a Deployment', { targetRefs: [{ kind: 'Deployment', name: 'x' }] }, 'TargetNotFound'],
    ['a route without its API', { targetRefs: [{ kind: 'HTTPRoute', name: 'x' }] }, 'RouteApiMissing'],
  ])('%s', (_, spec, expected) => {
    policies.apply([OKTA, binding('shop/b', spec)]);
    expect(reason('shop/b')).toBe(expected);
    expect(policies.binding('shop/b')?.acceptance).toMatchObject({ stalled: false });
  });

  it('are noticed when they come, in whatever order', () => {
    policies.apply([binding('shop/orders')]);
    expect(reason('shop/orders')).toBe('TargetNotFound');
    const effects = policies.apply([service('shop/orders', 'orders')]);
    expect(effects.bindings).toContain('shop/orders');
    expect(reason('shop/orders')).toBe('accepted');
    policies.apply([OKTA]);
    expect(policies.binding('shop/orders')?.sources).toEqual(['shop/okta']);
    policies.apply([ORDERS[1] ?? OKTA]);
    expect(shown('shop/o-1')).toEqual(['shop/orders rules@8080']);
  });

  it('a route, when its API is installed', () => {
    policies.apply([OKTA, binding('shop/b', { targetRefs: [{ kind: 'HTTPRoute', name: 'x' }] })]);
    policies.apply([{ kind: 'RouteApi', installed: true }]);
    expect(reason('shop/b')).toBe('TargetNotFound');
  });

  it('a Service without a selector says so', () => {
    policies.apply([
      OKTA,
      change('Service', 'shop/orders', raw('shop/orders', { spec: { ports: [] } })),
      binding('shop/orders'),
    ]);
    expect(reason('shop/orders')).toBe('TargetHasNoSelector');
  });
});

describe('workloads', () => {
  const workload = (
    kind: 'Deployment' | 'StatefulSet' | 'DaemonSet',
    ports = [{ name: 'http', containerPort: 8080 }],
  ) =>
    change(
      kind,
      'shop/orders',
      raw('shop/orders', {
        spec: {
          selector: { matchLabels: { app: 'orders' } },
          template: { metadata: { labels: { app: 'orders' } }, spec: { containers: [{ name: 'a', ports }] } },
        },
      }),
    );

  it.each([['Deployment' as const], ['StatefulSet' as const], ['DaemonSet' as const]])('%s', (kind) => {
    const spec = { targetRefs: [{ kind, name: 'orders' }] };
    policies.apply([OKTA, ORDERS[1] ?? OKTA, workload(kind), binding('shop/b', spec)]);
    expect(shown('shop/o-1')).toEqual(['shop/b rules@8080']);
  });

  it('whose template has no telling port say so before there is a pod', () => {
    const spec = { targetRefs: [{ kind: 'Deployment', name: 'orders' }] };
    policies.apply([OKTA, workload('Deployment', []), binding('shop/b', spec)]);
    expect(reason('shop/b')).toBe('NoPort');
  });
});

describe('conflicts', () => {
  const older = binding(
    'shop/b',
    { targetRefs: [{ kind: 'Service', name: 'orders' }] },
    { creationTimestamp: '2020-01-01T00:00:00Z' },
  );
  const younger = binding('shop/a', { targetRefs: [{ kind: 'Service', name: 'orders' }] });

  it('are found among bindings of one target without pods, and over again with pods', () => {
    policies.apply([OKTA, younger, older, service('shop/orders', 'orders')]);
    expect([reason('shop/a'), reason('shop/b')]).toEqual(['Conflicted', 'accepted']);
    policies.apply([pod('shop/o-1', { labels: { app: 'orders' } })]);
    expect([reason('shop/a'), reason('shop/b')]).toEqual(['Conflicted', 'accepted']);
    policies.apply([gone('ApiBinding', 'shop/b')]);
    expect(reason('shop/a')).toBe('accepted');
  });

  it('on one of its workloads are a binding’s outcome', () => {
    const both = {
      podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['orders', 'x'] }] },
    };
    policies.apply([
      OKTA,
      ...ORDERS,
      older,
      binding('shop/a', both),
      pod('shop/x-1', { labels: { app: 'x' } }),
    ]);
    expect(reason('shop/a')).toBe('Conflicted');
    expect(shown('shop/x-1')).toEqual(['shop/a rules@8080']);
  });
});

describe('a change of status alone', () => {
  const read = (kind: 'ApiBinding' | 'AuthenticationSource', id: string, status: JsonObject) => {
    const before = policies.store.get(kind, id);
    if (before?.kind !== 'typed') throw new Error(`no ${kind} ${id}`);
    const { generation, uid } = before.metadata;
    const { spec } = before.object;
    const value = raw(id, { spec: JSON.parse(JSON.stringify(spec)), status }, { generation, uid });
    return kind === 'ApiBinding'
      ? ({ kind, id, object: readBinding(value, createSharing(), policies.store.get(kind, id)) } as const)
      : ({ kind, id, object: readSource(value, createSharing(), policies.store.get(kind, id)) } as const);
  };

  beforeEach(() => {
    policies.apply([OKTA, ...ORDERS, binding('shop/orders')]);
  });

  it('is looked at, and compiles nothing', () => {
    const before = policyOfPod(policies, 'shop/o-1')?.policy;
    const ofBinding = policies.apply([read('ApiBinding', 'shop/orders', { sourceCount: 7 })]);
    expect([...ofBinding.bindings, ...ofBinding.pods, ...ofBinding.sources]).toEqual(['shop/orders']);
    const ofSource = policies.apply([read('AuthenticationSource', 'shop/okta', { keyCount: 7 })]);
    expect([...ofSource.sources, ...ofSource.pods, ...ofSource.bindings]).toEqual(['shop/okta']);
    expect(policies.store.get('ApiBinding', 'shop/orders')?.status).toEqual({ sourceCount: 7 });
    expect(policies.store.get('AuthenticationSource', 'shop/okta')?.status).toEqual({ keyCount: 7 });
    expect(policyOfPod(policies, 'shop/o-1')?.policy).toBe(before);
  });
});

describe('a namespace', () => {
  const labelled = (labels: JsonObject) => change('Namespace', 'shop', raw('/shop', {}, { labels }));
  const told = (labels: JsonObject) => [...policies.apply([labelled(labels)]).bindings];

  it('whose label comes or goes is told to its bindings, with pods or without, and to no others', () => {
    const bare = [source('bank/okta'), service('bank/teller', 'teller'), binding('bank/teller')];
    const empty = [service('shop/empty', 'empty'), binding('shop/empty')];
    policies.apply([labelled({}), OKTA, ...ORDERS, binding('shop/orders'), ...empty, ...bare]);
    expect(told({ 'portcullis.dev/injection': 'enabled' }).sort()).toEqual(['shop/empty', 'shop/orders']);
    expect(told({}).sort()).toEqual(['shop/empty', 'shop/orders']);
  });
});
