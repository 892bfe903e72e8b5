import { expect, it } from 'vitest';
import { binding, type PodOptions, pod, service } from '../../cluster/testing/objects.ts';
import { SURROUNDINGS } from '../../coverage/testing/parts.ts';
import { createPolicies } from '../../planning/policies.ts';
import { validatorsOf } from './cluster-look.ts';

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
