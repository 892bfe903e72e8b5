/** A gateway that says which route matched, and bindings of single rules, which cannot do without. */

import { beforeEach, describe, expect, it } from 'vitest';
import { binding, change, pod, raw } from '../cluster/testing/objects.ts';
import type { PlanningChange, Policies } from './policies.ts';
import { boundAtEdge, edgeRoute, edgeTells, startEdge } from './testing/edge.ts';

let edge: ReturnType<typeof startEdge>;
let policies: Policies;
beforeEach(() => {
  edge = startEdge();
  policies = edge.policies;
});

describe('a gateway that says which route matched', () => {
  beforeEach(() => {
    policies.apply([edgeRoute('shop/x', 'a.example'), boundAtEdge('shop/x')]);
    policies.apply([edgeRoute('evil/x', 'a.example', { age: 1 }), boundAtEdge('evil/x')]);
  });

  it('has each namespace decide for its own routes, whoever has the host', () => {
    expect(edge.ofRoute('shop/x', 'a.example')).toBe('shop/x rules');
    expect(edge.ofRoute('evil/x', 'a.example')).toBe('evil/x rules');
    policies.apply([edgeRoute('evil/y', 'a.example', { age: 2 })]);
    expect(edge.ofRoute('evil/y', 'a.example')).toBe('nobody');
    expect(edge.ofRoute('evil/x', 'b.example')).toBe('nobody');
  });

  it('shares no host, once that is known, and again where it is not', () => {
    const before = policies.gatewayPolicy('infra/edge')?.version;
    expect(policies.apply([edgeTells(true)]).bindings).toContain('evil/x');
    expect(edge.problem('evil/x')).toBeUndefined();
    expect(policies.binding('evil/x')?.acceptance).toMatchObject({ kind: 'accepted' });
    // What is enforced does not depend on it.
    expect(policies.gatewayPolicy('infra/edge')?.version).toBe(before);
    expect(policies.apply([edgeTells(false)]).bindings).toContain('evil/x');
    expect(edge.problem('evil/x')).toContain('HTTPRoute shop/x');
    policies.apply([edgeTells(true)]);
    expect(
      policies.apply([{ kind: 'SharedGateway', id: 'infra/edge', active: false, tellsRoutes: true }])
        .bindings,
    ).toContain('evil/x');
    policies.apply([{ kind: 'SharedGateway', id: 'infra/edge', active: true }]);
    expect(edge.problem('evil/x')).toContain('HTTPRoute shop/x');
  });

  it('is taken to say so for a binding that was accepted, until somebody knows', () => {
    const accepted = (observedGeneration: number): PlanningChange => {
      const conditions = [{ type: 'Accepted', status: 'True', observedGeneration }];
      const spec = { targetRefs: [{ kind: 'HTTPRoute', name: 'x' }], sources: [{ name: 'okta' }] };
      return change('ApiBinding', 'evil/x', raw('evil/x', { spec, status: { conditions } }));
    };
    policies.apply([accepted(1)]);
    expect(edge.problem('evil/x')).toBeUndefined();
    policies.apply([edgeTells(false)]);
    expect(edge.problem('evil/x')).toContain('HTTPRoute shop/x');
    policies.apply([{ kind: 'SharedGateway', id: 'infra/edge', active: true }, accepted(7)]);
    expect(edge.problem('evil/x')).toContain('HTTPRoute shop/x');
  });

  it('still wants hosts of its routes', () => {
    policies.apply([edgeTells(true), boundAtEdge('evil/x', ['c.example'])]);
    expect(policies.binding('evil/x')?.acceptance).toMatchObject({ reason: 'HostNotAttached' });
    expect(edge.ofRoute('evil/x', 'a.example')).toBe('nobody');
  });

  it('a binding that breaks the schema refuses at its own routes, and at no others', () => {
    const targetRefs = [{ kind: 'HTTPRoute', name: 'x' }];
    policies.apply([binding('evil/x', { targetRefs, hosts: ['x.example'], mode: 'Nonsense' })]);
    expect(edge.ofRoute('evil/x', 'a.example')).toBe('evil/x invalid');
    expect(edge.ofRoute('shop/x', 'a.example')).toBe('shop/x rules');
  });
});

describe('a single rule of a route', () => {
  const section = (id: string, name: string, sectionName: string, hosts: readonly string[] = []) =>
    binding(id, { targetRefs: [{ kind: 'HTTPRoute', name, sectionName }], hosts: [...hosts] });
  const reason = (id: string) => policies.problems(id).map((one) => one.reason);

  it('is guarded by its own binding, the others by that of the route, if there is one', () => {
    policies.apply([
      edgeRoute('shop/x', 'a.example', { listener: 'tls', rules: ['admin', 'open'] }),
      section('shop/admin', 'x', 'admin'),
    ]);
    expect(edge.ofRoute('shop/x', 'a.example', 'admin')).toBe('shop/admin rules');
    expect(edge.ofRoute('shop/x', 'a.example', 'open')).toBe('nobody');
    expect(edge.ofRoute('shop/x', 'a.example')).toBe('nobody');
    policies.apply([boundAtEdge('shop/x')]);
    expect(edge.ofRoute('shop/x', 'a.example', 'admin')).toBe('shop/admin rules');
    expect(edge.ofRoute('shop/x', 'a.example', 'open')).toBe('shop/x rules');
    expect(edge.ofRoute('shop/x', 'a.example')).toBe('shop/x rules');
    policies.apply([edgeTells(true)]);
    expect([policies.problems('shop/x'), policies.problems('shop/admin')]).toEqual([[], []]);
  });

  it('no binding of the host decides for it where it is not known which rule matched', () => {
    policies.apply([
      edgeRoute('shop/x', 'a.example', { listener: 'tls', rules: ['admin', 'open'] }),
      boundAtEdge('shop/x'),
    ]);
    policies.apply([
      edgeRoute('shop/y', 'a.example'),
      boundAtEdge('shop/y'),
      edgeRoute('shop/z', 'z.example'),
      boundAtEdge('shop/z'),
    ]);
    expect(edge.decides()).toEqual(['shop/x rules a.example', 'shop/z rules z.example']);
    policies.apply([section('shop/admin', 'x', 'admin')]);
    expect(edge.decides()).toEqual(['shop/z rules z.example']);
    for (const id of ['shop/admin', 'shop/x', 'shop/y']) expect(reason(id), id).toEqual(['SectionUntold']);
    expect(reason('shop/z')).toEqual([]);
  });

  it('nor a binding of a wider or a narrower host', () => {
    policies.apply([edgeRoute('shop/x', '*.example', { listener: 'tls', rules: ['admin'] })]);
    policies.apply([section('shop/admin', 'x', 'admin', ['a.example'])]);
    policies.apply([boundAtEdge('shop/x', ['*.example', 'b.example'])]);
    expect(edge.decides()).toEqual([
      'shop/x rules *.example,b.example',
      'shop/HTTPRoute/x/rules invalid a.example',
    ]);
    policies.apply([section('shop/admin', 'x', 'admin')]);
    expect(edge.decides()).toEqual([]);
  });

  it('takes no host from another namespace', () => {
    policies.apply([edgeRoute('shop/x', '*.example', { listener: 'tls' }), boundAtEdge('shop/x')]);
    policies.apply([edgeRoute('shop/y', 'a.example'), boundAtEdge('shop/y')]);
    policies.apply([
      edgeRoute('evil/x', 'a.example', { listener: 'tls', rules: ['admin'], age: 1 }),
      section('evil/admin', 'x', 'admin'),
    ]);
    expect(edge.decides()).toEqual(['shop/x rules *.example', 'shop/y rules a.example']);
    expect(reason('shop/y')).toEqual([]);
  });

  it('that the route does not have is named, with those that it has', () => {
    policies.apply([
      edgeRoute('shop/x', 'a.example', { listener: 'tls', rules: ['admin', 'open'] }),
      section('shop/admin', 'x', 'admn'),
    ]);
    expect(policies.problems('shop/admin')).toContainEqual({
      reason: 'TargetNotFound',
      message: 'HTTPRoute shop/x has no rule named admn: it has admin, open',
      remedy: 'name the rule in the route, or correct sectionName',
      isOfGateway: true,
    });
    expect(policies.binding('shop/admin')?.acceptance).toMatchObject({ reason: 'TargetNotFound' });
    policies.apply([edgeRoute('shop/x', 'a.example')]);
    expect(policies.problems('shop/admin').map(({ message }) => message)).toContain(
      'HTTPRoute shop/x has no rule named admn: none of them has a name',
    );
    policies.apply([edgeRoute('shop/x', 'a.example', { listener: 'tls', rules: ['admn'] }), edgeTells(true)]);
    expect(reason('shop/admin')).toEqual([]);
  });

  it('chooses no pods', () => {
    policies.apply([
      edgeRoute('shop/x', 'a.example', { listener: 'tls', rules: ['admin'] }),
      pod('shop/p', { labels: { app: 'a' } }),
    ]);
    policies.apply([section('shop/admin', 'x', 'admin')]);
    expect(policies.targets.guards('shop/p')).toEqual([]);
    policies.apply([boundAtEdge('shop/x')]);
    expect(policies.targets.guards('shop/p').map((guard) => guard.binding)).toEqual(['shop/x']);
    expect(policies.binding('shop/admin')?.acceptance).toMatchObject({ reason: 'SectionUntold' });
  });
});
