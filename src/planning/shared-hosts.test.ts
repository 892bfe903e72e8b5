/** Hosts that routes of several namespaces attach to one gateway: who decides, and who is told that it does not. */

import { beforeEach, describe, expect, it } from 'vitest';
import { binding, gone } from '../cluster/testing/objects.ts';
import type { Policies } from './policies.ts';
import { boundAtEdge, edgeRoute, startEdge } from './testing/edge.ts';

let edge: ReturnType<typeof startEdge>;
let policies: Policies;
beforeEach(() => {
  edge = startEdge();
  policies = edge.policies;
});

describe('at one listener', () => {
  it('the older route keeps the host, whatever the ages of bindings', () => {
    policies.apply([edgeRoute('shop/x', 'a.example'), boundAtEdge('shop/x', [], 5)]);
    policies.apply([edgeRoute('evil/x', 'a.example', { age: 1 }), boundAtEdge('evil/x')]);
    expect(edge.decides()).toEqual(['shop/x rules a.example']);
    expect(edge.problem('shop/x')).toBeUndefined();
    expect(edge.problem('evil/x')).toContain(
      'HTTPRoute shop/x, which is older or names the host more narrowly',
    );
    policies.apply([gone('HTTPRoute', 'shop/x')]);
    expect(edge.decides()).toEqual(['evil/x rules a.example']);
    expect(edge.problem('evil/x')).toBeUndefined();
  });

  it('an older route without a binding keeps it, too', () => {
    policies.apply([
      edgeRoute('shop/x', 'a.example', { age: 1 }),
      boundAtEdge('shop/x'),
      edgeRoute('evil/x', 'a.example'),
    ]);
    expect(edge.decides()).toEqual([]);
    expect(edge.problem('shop/x')).toContain('HTTPRoute evil/x');
  });

  it('of routes of one age the first by namespace and name keeps it', () => {
    policies.apply([edgeRoute('shop/x', 'a.example'), boundAtEdge('shop/x')]);
    policies.apply([edgeRoute('evil/x', 'a.example'), boundAtEdge('evil/x')]);
    expect(edge.decides()).toEqual(['evil/x rules a.example']);
  });

  it('a route that names the host more narrowly has its requests, and so the decision', () => {
    policies.apply([edgeRoute('evil/x', '*.example'), boundAtEdge('evil/x', ['a.b.example', 'c.example'])]);
    policies.apply([edgeRoute('shop/x', '*.b.example', { age: 1 }), boundAtEdge('shop/x')]);
    expect(edge.decides()).toEqual(['evil/x rules c.example', 'shop/x rules *.b.example']);
    expect(edge.problem('evil/x')).toContain('HTTPRoute shop/x');
  });

  it('any host is shared as any other, and what is lost is refused where nothing guards it', () => {
    policies.apply([edgeRoute('shop/x', ''), boundAtEdge('shop/x')]);
    policies.apply([edgeRoute('evil/x', '', { age: 1 }), boundAtEdge('evil/x')]);
    policies.apply([edgeRoute('evil/y', 'y.example', { age: 2 })]);
    expect(edge.decides()).toEqual(['shop/x rules ,*.shop.example', 'evil/HTTPRoute/y invalid y.example']);
    expect(edge.problem('evil/x')).toContain('any host');
  });

  it('routes of one namespace share', () => {
    policies.apply([edgeRoute('shop/x', 'a.example', { age: 1 }), boundAtEdge('shop/x')]);
    policies.apply([edgeRoute('shop/y', 'a.example')]);
    expect(edge.problem('shop/x')).toBeUndefined();
  });
});

describe('at several listeners', () => {
  it('a route at another port takes nothing away, as one that only redirects', () => {
    policies.apply([edgeRoute('infra/redirect', 'a.example', { listener: 'web' })]);
    policies.apply([edgeRoute('shop/x', 'a.example', { listener: 'tls', age: 1 }), boundAtEdge('shop/x')]);
    expect(edge.decides()).toEqual(['shop/x rules a.example']);
    expect(edge.problem('shop/x')).toBeUndefined();
  });

  it('a host that is lost at one of them is kept at the others', () => {
    policies.apply([edgeRoute('infra/redirect', 'a.example', { listener: 'web' })]);
    policies.apply([edgeRoute('shop/x', 'a.example', { age: 1 }), boundAtEdge('shop/x')]);
    expect(edge.decides()).toEqual(['shop/x rules a.example']);
  });

  it.each([
    ['the same host', 'a.example', 'a.example'],
    ['a host of a wider one', '*.example', 'a.example'],
  ])('of namespaces that both guard %s the one with the older route decides', (_, older, younger) => {
    policies.apply([edgeRoute('shop/x', older, { listener: 'tls' }), boundAtEdge('shop/x', [], 5)]);
    policies.apply([edgeRoute('evil/x', younger, { listener: 'web', age: 1 }), boundAtEdge('evil/x')]);
    expect(edge.decides()).toEqual([`shop/x rules ${older}`]);
    expect(edge.problem('evil/x')).toContain('at another listener of Gateway infra/edge');
    expect(edge.problem('shop/x')).toBeUndefined();
  });

  it('the narrower listener of a port has its hosts', () => {
    policies.apply([edgeRoute('evil/x', 'a.shop.example', { listener: 'tls' }), boundAtEdge('evil/x')]);
    policies.apply([edgeRoute('shop/x', '', { listener: 'shop-only', age: 1 }), boundAtEdge('shop/x')]);
    expect(edge.decides()).toEqual(['shop/x rules *.shop.example']);
  });
});

it('nobody shuts a host of another namespace by a binding at a wider listener, or by a younger route elsewhere', () => {
  policies.apply([edgeRoute('shop/x', '*.shop.example', { listener: 'shop-only' }), boundAtEdge('shop/x')]);
  policies.apply([edgeRoute('evil/x', 'a.shop.example', { listener: 'tls', age: 1 })]);
  expect(edge.decides()).toEqual(['shop/x rules *.shop.example']);
  policies.apply([boundAtEdge('evil/x')]);
  expect(edge.decides()).toEqual(['shop/x rules *.shop.example']);
});

it('a host at another port that nothing guards there is left to no wider binding', () => {
  policies.apply([edgeRoute('shop/x', '*.example', { listener: 'tls' }), boundAtEdge('shop/x')]);
  policies.apply([edgeRoute('evil/x', 'a.example', { listener: 'web', age: 1 })]);
  expect(edge.decides()).toEqual(['shop/x rules *.example', 'evil/HTTPRoute/x invalid a.example']);
  policies.apply([boundAtEdge('evil/x')]);
  expect(edge.decides()).toEqual(['shop/x rules *.example']);
  // By a wider binding of its own neither.
  policies.apply([edgeRoute('evil/y', '*.example', { listener: 'web', age: 2 }), boundAtEdge('evil/y')]);
  policies.apply([gone('ApiBinding', 'evil/x')]);
  expect(edge.decides()).toEqual(['shop/x rules *.example', 'evil/HTTPRoute/x invalid a.example']);
});

describe('routes of one namespace with one host', () => {
  it('the older binding decides where it is not known which matched, and the other is told so', () => {
    policies.apply([edgeRoute('shop/x', 'a.example'), boundAtEdge('shop/x', [], 1)]);
    policies.apply([edgeRoute('shop/y', 'a.example'), boundAtEdge('shop/y', ['a.example', 'b.example'])]);
    expect(edge.decides()).toEqual(['shop/y rules a.example']);
    expect(edge.problem('shop/y')).toBeUndefined();
    expect(edge.problem('shop/x')).toContain('ApiBinding shop/y, which is older, guards a route');
    expect([edge.ofRoute('shop/x', 'a.example'), edge.ofRoute('shop/y', 'a.example')]).toEqual([
      'shop/x rules',
      'shop/y rules',
    ]);
  });

  it('of bindings for the very same route and host, the younger one is refused everywhere', () => {
    policies.apply([edgeRoute('shop/x', 'a.example'), boundAtEdge('shop/x')]);
    policies.apply([binding('shop/y', { targetRefs: [{ kind: 'HTTPRoute', name: 'x' }] })]);
    expect(policies.binding('shop/y')?.acceptance).toMatchObject({ reason: 'Conflicted' });
    expect([edge.decides(), edge.ofRoute('shop/x', 'a.example')]).toEqual([
      ['shop/x rules a.example'],
      'shop/x rules',
    ]);
  });
});
