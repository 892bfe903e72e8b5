import { expect, it } from 'vitest';
import { binding, type PodOptions, pod, service } from '../../cluster/testing/objects.ts';
import { gateway, route, routeBound, SURROUNDINGS, VALIDATOR } from '../../coverage/testing/parts.ts';
import { createPolicies } from '../../planning/policies.ts';
import { bindingsBehind, sourcesAt, validatorsOf } from './cluster-look.ts';

/** What explains requests of the binding shop/orders, beside the pod orders-1. */
function asked(other: PodOptions): readonly string[] {
  const policies = createPolicies({ allowInsecureHttp: true });
  policies.apply([
    ...SURROUNDINGS,
    service('shop/orders', 'orders'),
    binding('shop/orders'),
    pod('shop/orders-1', { labels: { app: 'orders' } }),
    pod('shop/other-1', { labels: { app: 'orders' }, ...other }),
  ]);
  const view = { policies, gatewayPods: () => [], namespace: 'shop', version: '1.0.0', now: 1000 };
  return validatorsOf('shop/orders', view);
}

it.each<[string, PodOptions, boolean]>([
  ['another pod of the binding', {}, true],
  ['a pod that is no target', { labels: { app: 'billing' } }, false],
  ['a pod without a validator', { guarded: false }, false],
  ['a pod that does not run yet', { phase: 'Pending' }, false],
  ['a pod that is to go', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }, false],
])('a token is shown to %s: %s', (_, other, isAsked) => {
  expect(asked(other)).toEqual(['shop/orders-1', ...(isAsked ? ['shop/other-1'] : [])]);
});

it('of keys a validator is heard where it judges by a binding that takes their tokens', () => {
  const policies = createPolicies({ allowInsecureHttp: true });
  policies.apply([
    ...SURROUNDINGS,
    ...gateway,
    route(),
    routeBound(),
    service('shop/stock', 'stock'),
    pod('shop/stock-1', { labels: { app: 'stock' } }),
    binding('shop/stock', { targetRefs: [{ kind: 'Service', name: 'stock' }], sources: [{ name: 'other' }] }),
  ]);
  const gatewayPods = (id: string) => (id === 'infra/public' ? [VALIDATOR] : ['mallory/v']);
  const view = { policies, gatewayPods, namespace: undefined, version: '1.0.0', now: 1000 };
  const at = (id: string) => [...sourcesAt(id, view, bindingsBehind(view))];
  expect(at(VALIDATOR)).toEqual(['shop/okta']);
  expect(at('shop/stock-1')).toEqual(['shop/other']);
  expect(at('mallory/v')).toEqual([]);
});
