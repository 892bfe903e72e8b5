/** Whom a binding waits for, in as many looks as there are pods: many bindings can have the same ones. */

import { expect, it } from 'vitest';
import { binding, pod, source } from '../cluster/testing/objects.ts';
import { createPolicies } from '../planning/policies.ts';
import { createIsAwaited } from './validators.ts';

const MANY = 50;
const LABELS = { app: 'all' };
const pods = Array.from({ length: MANY }, (_, i) => `shop/p${i}`);
const bindings = Array.from({ length: MANY }, (_, i) => `shop/b${i}`);

function world(labels: (i: number) => Readonly<Record<string, string>>) {
  const policies = createPolicies({ allowInsecureHttp: false });
  policies.apply([
    source('shop/okta'),
    ...pods.map((id, i) => pod(id, { labels: labels(i) })),
    ...bindings.map((id) => binding(id, { podSelector: { matchLabels: LABELS } })),
    binding('shop/none', { podSelector: { matchLabels: { app: 'none' } } }),
  ]);
  const heard = new Set<string>();
  let looks = 0;
  const reportOf = (id: string) => {
    looks += 1;
    return heard.has(id) ? {} : undefined;
  };
  const isAwaited = createIsAwaited(policies, { reportOf: reportOf as never, gatewayPods: () => [] });
  return { heard, isAwaited, looks: () => looks };
}

it('looks at the pods of many bindings once', async () => {
  const { heard, isAwaited, looks } = world((i) => ({ ...LABELS, own: `${i}` }));
  expect([isAwaited('shop/b0'), isAwaited('shop/none')]).toEqual([true, false]);
  for (const id of pods) heard.add(id);
  await Promise.resolve();
  expect(bindings.some(isAwaited)).toBe(false);
  expect(looks()).toBeLessThanOrEqual(MANY + 1);
  heard.delete('shop/p7');
  await Promise.resolve();
  expect(bindings.every(isAwaited)).toBe(true);
});
