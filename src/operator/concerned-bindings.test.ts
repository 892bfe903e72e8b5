/** A node that is no longer ready concerns the bindings of its pods, and those of a gateway whose pods are there. */

import { expect, it } from 'vitest';
import { binding, change, pod, raw, source } from '../cluster/testing/objects.ts';
import { createPolicies, type Policies } from '../planning/policies.ts';
import type { PolicyUpdate } from '../policy/policy.ts';
import { createConcernedBindings } from './concerned-bindings.ts';

const node = (id: string, ready: boolean) =>
  change(
    'Node',
    id,
    raw(id, { status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] } }),
  );

function world(gatewayPods: Readonly<Record<string, readonly string[]>> = {}) {
  const policies = createPolicies({ allowInsecureHttp: false });
  const all = { podSelector: { matchLabels: { app: 'a' } } };
  policies.apply([
    ...[source('shop/okta'), node('n', true), node('m', true), binding('shop/a', all)],
    ...[pod('shop/a-1', { labels: { app: 'a' }, node: 'n' }), pod('infra/gate-1', { node: 'm' })],
  ]);
  const atGateway = { policy: { bindings: [{ id: 'shop/routed' }] } } as unknown as PolicyUpdate;
  const known: Policies = {
    ...policies,
    lastForGateway: (id) => (id === 'infra/gate' ? atGateway : 'behind'),
  };
  const concerned = createConcernedBindings({
    policies: known,
    gateways: () => Object.keys(gatewayPods),
    gatewayPods: (gateway) => gatewayPods[gateway] ?? [],
  });
  return {
    put: (...changes: readonly ReturnType<typeof node>[]) => {
      policies.apply(changes);
      return [...concerned.after({ bindings: new Set(), changes })];
    },
  };
}

it('names the bindings of its pods when it is ready no more, when it is again, and when it is gone', () => {
  const { put } = world();
  expect(put(node('n', true))).toEqual([]);
  expect(put(node('n', false))).toEqual(['shop/a']);
  expect(put(node('n', false))).toEqual([]);
  expect(put(node('n', true))).toEqual(['shop/a']);
  expect(put(change('Node', 'n', null))).toEqual(['shop/a']);
  expect(put(node('m', false))).toEqual([]);
});

it('names the bindings of a gateway whose pods are there', () => {
  const { put } = world({ 'infra/gate': ['infra/gate-1'], 'infra/other': ['shop/a-1'], 'infra/none': [] });
  expect(put(node('m', false))).toEqual(['shop/routed']);
  // What the other one enforces is still to be compiled.
  expect(put(node('n', false))).toEqual(['shop/a']);
});
