/** For which hosts a Trial stands alone at a gateway that does not say which route matched: no door opens that is shut. */

import { expect, it } from 'vitest';
import { binding } from '../cluster/testing/objects.ts';
import { loneTrials } from '../matching/lone-trials.ts';
import type { PlanningChange } from './policies.ts';
import { boundAtEdge, edgeRoute, startEdge } from './testing/edge.ts';
import { policyOfGateway } from './testing/policies.ts';

const tried = (hosts: readonly string[] = []) =>
  binding('shop/x', {
    ...{ mode: 'Trial', hosts: [...hosts] },
    targetRefs: [{ kind: 'HTTPRoute', name: 'x' }],
  });

function standsFor(...changes: readonly PlanningChange[]): readonly string[] {
  const { policies } = startEdge();
  policies.apply(changes);
  const policy = policyOfGateway(policies, 'infra/edge')?.policy;
  return loneTrials(policy?.trials ?? [], policy?.bindings ?? []).flatMap(
    ({ atGateway }) => atGateway?.hosts ?? [],
  );
}

const own = edgeRoute('shop/x', 'a.example', { listener: 'tls' });

it('those of its own routes', () => {
  expect(standsFor(tried(), own)).toEqual(['a.example']);
});

it.each([
  ['a wider host, at the same listener', edgeRoute('shop/y', '*.example', { listener: 'tls' })],
  ['another host', edgeRoute('evil/x', 'b.example', { listener: 'web', age: 1 })],
])('beside a route of %s', (_, other) => {
  expect(standsFor(tried(), own, other)).toEqual(['a.example']);
});

it('where its listener is the narrower one of the port', () => {
  const narrow = edgeRoute('shop/x', 'a.shop.example', { listener: 'shop-only' });
  expect(
    standsFor(tried(), narrow, edgeRoute('evil/x', 'a.shop.example', { listener: 'tls', age: 1 })),
  ).toEqual(['a.shop.example']);
});

it.each([
  ['has the host', edgeRoute('shop/y', 'a.example', { listener: 'tls' })],
  ['has the host at another port', edgeRoute('shop/y', 'a.example', { listener: 'web' })],
  ['has a wider one at another port', edgeRoute('shop/y', '*.example', { listener: 'web' })],
  ['has any host at another port', edgeRoute('shop/y', '', { listener: 'web' })],
  [
    'of another namespace has the host at another port',
    edgeRoute('evil/x', 'a.example', { listener: 'web', age: 1 }),
  ],
  [
    'of another namespace has a wider one there',
    edgeRoute('evil/x', '*.example', { listener: 'web', age: 1 }),
  ],
  [
    'of another namespace has the host, and is younger',
    edgeRoute('evil/x', 'a.example', { listener: 'tls', age: 1 }),
  ],
])('none where a route that nothing is bound to %s', (_, other) => {
  expect(standsFor(tried(), own, other)).toEqual([]);
});

it('none where it narrows the hosts of its route, and another route has as many', () => {
  const wide = edgeRoute('shop/x', '*.example', { listener: 'tls' });
  expect(standsFor(tried(['a.example']), wide)).toEqual(['a.example']);
  expect(
    standsFor(tried(['a.example']), wide, edgeRoute('shop/y', '*.example', { listener: 'tls' })),
  ).toEqual([]);
});

it('none that a binding names which decides only where the route is known', () => {
  const older = edgeRoute('evil/x', 'a.example', { listener: 'web' });
  expect(standsFor(tried(), own, older, boundAtEdge('evil/x'))).toEqual([]);
});
