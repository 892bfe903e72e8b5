import { beforeEach, describe, expect, it } from 'vitest';
import { binding, change, gone, pod, raw, service, source } from '../cluster/testing/objects.ts';
import { createPolicies, type PlanningChange, type Policies } from './policies.ts';
import { policyOfGateway, policyOfPod } from './testing/policies.ts';

let policies: Policies;
beforeEach(() => {
  policies = createPolicies({ allowInsecureHttp: false });
});

describe('a shared gateway', () => {
  const gateway = change(
    'Gateway',
    'infra/edge',
    raw('infra/edge', { spec: { listeners: [{ name: 'web', port: 80 }] } }),
  );
  const route = (id: string, host: string, accepted = 'True') =>
    change(
      'HTTPRoute',
      id,
      raw(id, {
        spec: { hostnames: [host], rules: [{ backendRefs: [{ name: 'orders', port: 80 }] }] },
        status: {
          parents: [
            {
              parentRef: { name: 'edge', namespace: 'infra' },
              conditions: [{ type: 'Accepted', status: accepted }],
            },
          ],
        },
      }),
    );
  const bound = (id: string, more = {}) =>
    binding(id, { targetRefs: [{ kind: 'HTTPRoute', name: id.split('/')[1] ?? '' }], ...more });
  const base: readonly PlanningChange[] = [
    { kind: 'RouteApi', installed: true },
    { kind: 'SharedGateway', id: 'infra/edge', active: true },
    source('shop/okta'),
    gateway,
    service('shop/orders', 'orders'),
    pod('shop/o-1', { labels: { app: 'orders' } }),
  ];
  const judgementAt = (of: string) =>
    policyOfPod(policies, of)?.policy.bindings.map(({ judgement }) => judgement.kind);
  const hosts = () =>
    policyOfGateway(policies, 'infra/edge')?.policy.bindings.map(
      ({ id, hosts, judgement }) => `${id} ${judgement.kind} ${hosts}`,
    );

  it('has no policy unless it was asked for', () => {
    policies.apply([gateway, route('shop/orders', 'a.example'), bound('shop/orders')]);
    expect(policyOfGateway(policies, 'infra/edge')).toBeUndefined();
  });

  it('has each binding for the hosts of its routes alone', () => {
    policies.apply([...base, route('shop/orders', 'a.example'), bound('shop/orders')]);
    expect(hosts()).toEqual(['shop/orders rules a.example']);
    expect(policies.gatewaysOf('shop/orders')).toEqual(['infra/edge']);
    expect(judgementAt('shop/o-1')).toEqual(['rules']);
  });

  it('has ports of its own: those of the containers behind it say nothing', () => {
    policies.apply([
      ...base,
      route('shop/orders', 'a.example'),
      bound('shop/orders', { ports: [{ port: 8080 }] }),
    ]);
    expect(policyOfGateway(policies, 'infra/edge')?.policy.bindings.map(({ ports }) => ports)).toEqual([[]]);
    expect(policyOfPod(policies, 'shop/o-1')?.policy.bindings.map(({ ports }) => ports)).toEqual([[8080]]);
  });

  it('does not have the binding of a route that it did not accept', () => {
    policies.apply([...base, route('shop/orders', 'a.example', 'False'), bound('shop/orders')]);
    expect(hosts()).toEqual([]);
  });

  it('refuses at a host that nothing guards, below a binding for all hosts of another', () => {
    policies.apply([...base, route('shop/orders', '*.example'), bound('shop/orders', { mode: 'Disabled' })]);
    policies.apply([route('bank/x', 'bank.example')]);
    expect(hosts()).toEqual(['shop/orders rules *.example', 'bank/HTTPRoute/x invalid bank.example']);
  });

  it('refuses at a host whose binding is gone, too', () => {
    const wide = [route('shop/orders', '*.example'), bound('shop/orders', { mode: 'Disabled' })];
    policies.apply([...base, ...wide, route('bank/x', 'bank.example'), bound('bank/x', { mode: 'Audit' })]);
    expect(hosts()).toEqual(['bank/x rules bank.example', 'shop/orders rules *.example']);
    expect(policies.apply([gone('ApiBinding', 'bank/x')]).gateways).toContain('infra/edge');
    expect(hosts()).toEqual(['shop/orders rules *.example', 'bank/HTTPRoute/x invalid bank.example']);
  });

  it('tells of a binding that its listener no longer takes', () => {
    policies.apply([
      ...base,
      route('shop/orders', 'a.example'),
      bound('shop/orders', { hosts: ['a.example'] }),
    ]);
    const listeners = [{ name: 'web', port: 80, hostname: 'b.example' }];
    const { bindings } = policies.apply([
      change('Gateway', 'infra/edge', raw('infra/edge', { spec: { listeners } })),
    ]);
    expect(bindings).toContain('shop/orders');
    expect(policies.binding('shop/orders')?.acceptance).toMatchObject({ reason: 'HostNotAttached' });
    expect(hosts()).toEqual([]);
  });

  it('forgets the problem of a binding that has other hosts, or no route any more', () => {
    const elsewhere = bound('shop/orders', { hosts: ['b.example'] });
    policies.apply([...base, route('shop/orders', 'a.example'), elsewhere]);
    expect(policies.problems('shop/orders').map(({ reason }) => reason)).toEqual(['HostNotAttached']);
    policies.apply([binding('shop/orders')]);
    expect(policies.problems('shop/orders')).toEqual([]);
    policies.apply([elsewhere]);
    const nobody: PlanningChange = { kind: 'SharedGateway', id: 'infra/edge', active: false };
    expect(policies.apply([nobody]).bindings).toContain('shop/orders');
    expect(policies.problems('shop/orders')).toEqual([]);
  });

  it('is left when nobody asks any more', () => {
    policies.apply([...base, route('shop/orders', 'a.example'), bound('shop/orders')]);
    policies.apply([{ kind: 'SharedGateway', id: 'infra/edge', active: false }]);
    expect(policyOfGateway(policies, 'infra/edge')).toBeUndefined();
    expect(policies.gatewaysOf('shop/orders')).toEqual([]);
  });
});
