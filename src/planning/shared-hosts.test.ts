/** Hosts that routes of several namespaces attach to one gateway: who decides, and who is told that it does not. */

import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { binding, change, gone, raw, source } from '../cluster/testing/objects.ts';
import { createPolicies, type PlanningChange, type Policies } from './policies.ts';
import { policyOfGateway } from './testing/policies.ts';

const LISTENERS: readonly JsonObject[] = [
  { name: 'web', port: 80 },
  { name: 'tls', port: 443 },
  { name: 'shop-only', port: 443, hostname: '*.shop.example' },
];
const BEGIN: readonly PlanningChange[] = [
  { kind: 'RouteApi', installed: true },
  { kind: 'SharedGateway', id: 'infra/edge', active: true },
  source('shop/okta'),
  source('evil/okta'),
  change('Gateway', 'infra/edge', raw('infra/edge', { spec: { listeners: LISTENERS } })),
];

let policies: Policies;
beforeEach(() => {
  policies = createPolicies({ allowInsecureHttp: false });
  policies.apply(BEGIN);
});

interface Attached {
  readonly listener?: string;
  /** Minutes after the first. */
  readonly age?: number;
}

function route(id: string, host: string, { listener, age = 0 }: Attached = {}): PlanningChange {
  const parentRef = {
    name: 'edge',
    namespace: 'infra',
    ...(listener !== undefined && { sectionName: listener }),
  };
  const spec = { hostnames: host === '' ? [] : [host], rules: [{ backendRefs: [{ name: 'a', port: 80 }] }] };
  const status = { parents: [{ parentRef, conditions: [{ type: 'Accepted', status: 'True' }] }] };
  const creationTimestamp = `2026-01-01T00:${String(age).padStart(2, '0')}:00Z`;
  return change('HTTPRoute', id, raw(id, { spec, status }, { creationTimestamp }));
}

/** `made`: minutes after the first. */
const bound = (id: string, hosts: readonly string[] = [], made = 0): PlanningChange => {
  const [, name = ''] = id.split('/');
  const targetRefs = [{ kind: 'HTTPRoute', name }];
  const creationTimestamp = `2026-01-01T00:${String(made).padStart(2, '0')}:00Z`;
  return binding(id, { targetRefs, hosts: [...hosts] }, { creationTimestamp });
};

/** As validators get it: who decides for which hosts. */
const decides = () =>
  policyOfGateway(policies, 'infra/edge')?.policy.bindings.map(
    ({ id, hosts, judgement }) => `${id} ${judgement.kind} ${hosts}`,
  );
const problem = (id: string) => policies.problems(id).find(({ reason }) => reason === 'HostShared')?.message;

describe('at one listener', () => {
  it('the older route keeps the host, whatever the ages of bindings', () => {
    policies.apply([route('shop/x', 'a.example'), bound('shop/x', [], 5)]);
    policies.apply([route('evil/x', 'a.example', { age: 1 }), bound('evil/x')]);
    expect(decides()).toEqual(['shop/x rules a.example', 'evil/x invalid a.example']);
    expect(problem('shop/x')).toBeUndefined();
    expect(problem('evil/x')).toContain('HTTPRoute shop/x, which is older or names the host more narrowly');
    policies.apply([gone('HTTPRoute', 'shop/x')]);
    expect(decides()).toEqual(['evil/x rules a.example']);
    expect(problem('evil/x')).toBeUndefined();
  });

  it('an older route without a binding keeps it, too', () => {
    policies.apply([route('shop/x', 'a.example', { age: 1 }), bound('shop/x'), route('evil/x', 'a.example')]);
    expect(decides()).toEqual(['shop/x invalid a.example']);
  });

  it('of routes of one age the first by namespace and name keeps it', () => {
    policies.apply([route('shop/x', 'a.example'), bound('shop/x')]);
    policies.apply([route('evil/x', 'a.example'), bound('evil/x')]);
    expect(decides()).toEqual(['evil/x rules a.example', 'shop/x invalid a.example']);
  });

  it('a route that names the host more narrowly has its requests, and so the decision', () => {
    policies.apply([route('evil/x', '*.example'), bound('evil/x', ['a.b.example', 'c.example'])]);
    policies.apply([route('shop/x', '*.b.example', { age: 1 }), bound('shop/x')]);
    expect(decides()).toEqual(['evil/x rules c.example', 'shop/x rules *.b.example']);
    expect(problem('evil/x')).toContain('HTTPRoute shop/x');
  });

  it('any host is shared as any other, and what is lost is refused where nothing guards it', () => {
    policies.apply([route('shop/x', ''), bound('shop/x')]);
    policies.apply([route('evil/x', '', { age: 1 }), bound('evil/x')]);
    policies.apply([route('evil/y', 'y.example', { age: 2 })]);
    expect(decides()).toEqual(['shop/x rules ', 'evil/x invalid ', 'evil/HTTPRoute/y invalid y.example']);
    expect(problem('evil/x')).toContain('any host');
  });

  it('routes of one namespace share', () => {
    policies.apply([route('shop/x', 'a.example', { age: 1 }), bound('shop/x')]);
    policies.apply([route('shop/y', 'a.example')]);
    expect(problem('shop/x')).toBeUndefined();
  });
});

describe('at several listeners', () => {
  it('a route at another port takes nothing away, as one that only redirects', () => {
    policies.apply([route('infra/redirect', 'a.example', { listener: 'web' })]);
    policies.apply([route('shop/x', 'a.example', { listener: 'tls', age: 1 }), bound('shop/x')]);
    expect(decides()).toEqual(['shop/x rules a.example']);
    expect(problem('shop/x')).toBeUndefined();
  });

  it('a host that is lost at one of them is kept at the others', () => {
    policies.apply([route('infra/redirect', 'a.example', { listener: 'web' })]);
    policies.apply([route('shop/x', 'a.example', { age: 1 }), bound('shop/x')]);
    expect(decides()).toEqual(['shop/x rules a.example']);
  });

  it.each([
    ['the same host', 'a.example', 'a.example'],
    ['a host of a wider one', '*.example', 'a.example'],
  ])('of namespaces that both guard %s the one with the older route decides', (_, older, younger) => {
    policies.apply([route('shop/x', older, { listener: 'tls' }), bound('shop/x', [], 5)]);
    policies.apply([route('evil/x', younger, { listener: 'web', age: 1 }), bound('evil/x')]);
    expect(decides()).toEqual([`shop/x rules ${older}`, `evil/x invalid ${younger}`]);
    expect(problem('evil/x')).toContain('at another listener of Gateway infra/edge');
    expect(problem('shop/x')).toBeUndefined();
  });

  it('the narrower listener of a port has its hosts', () => {
    policies.apply([route('evil/x', 'a.shop.example', { listener: 'tls' }), bound('evil/x')]);
    policies.apply([route('shop/x', '', { listener: 'shop-only', age: 1 }), bound('shop/x')]);
    expect(decides()).toEqual(['shop/x rules *.shop.example', 'evil/x invalid a.shop.example']);
  });
});
