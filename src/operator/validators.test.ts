/** Whom a binding waits for, in as many looks as there are pods: many bindings can have the same ones. */

import { expect, it } from 'vitest';
import { binding, pod, source } from '../cluster/testing/objects.ts';
import { createPolicies, type PlanningChange } from '../planning/policies.ts';
import { createIsAwaited, createSharedGateways } from './validators.ts';

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

it('has a policy compiled for each gateway that is asked for, and says of it what is known of routes', () => {
  const put: PlanningChange[] = [];
  let flushes = 0;
  const gateways = createSharedGateways({
    put: (changes) => void put.push(...changes),
    flush: () => void flushes++,
  });
  const telling = new Map<string, boolean>();
  const set = (...ids: readonly string[]) => {
    gateways.set(new Set(ids), (id) => telling.get(id));
    return [put.splice(0), flushes] as const;
  };
  const at = (id: string, more: object = {}) => ({ kind: 'SharedGateway', id, active: true, ...more });
  const gone = (id: string) => ({ kind: 'SharedGateway', id, active: false });
  expect(set('x/a')).toEqual([[at('x/a')], 1]);
  expect(set('x/a')).toEqual([[], 1]);
  telling.set('x/a', false);
  expect(set('x/a')).toEqual([[at('x/a', { tellsRoutes: false })], 1]);
  telling.set('x/a', true);
  expect(set('x/a')).toEqual([[at('x/a', { tellsRoutes: true })], 1]);
  expect(set('x/b')).toEqual([[gone('x/a'), at('x/b')], 2]);
  gateways.clear();
  expect(put).toEqual([gone('x/b')]);
});
