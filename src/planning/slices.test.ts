/** One large set is compiled in slices: between them it is what it was, whole, and what comes in between counts. */

import { beforeEach, describe, expect, it } from 'vitest';
import { binding, pod, source } from '../cluster/testing/objects.ts';
import { createPolicies, type Policies } from './policies.ts';
import { policyOfPod } from './testing/policies.ts';

const MANY = 100;
/** Each binding has one rule, and costs two. */
const LOT = 50;
const POD = 'shop/p';
const ids = Array.from({ length: MANY }, (_, i) => `shop/b${String(i).padStart(2, '0')}`);
const named = (id: string, spec = {}) =>
  binding(id, {
    podSelector: { matchLabels: { app: 'all' } },
    rules: [{ name: 'rest' }],
    hosts: [`${id.replace('/', '.')}.example`],
    ...spec,
  });
/** Permits nobody: every binding is another one. */
const CLOSED = source(
  'shop/okta',
  {},
  {
    allowedNamespaces: { from: 'Selector', selector: { matchLabels: { a: 'b' } } },
  },
);

let policies: Policies;
beforeEach(() => {
  policies = createPolicies({ allowInsecureHttp: false, rulesPerTurn: LOT });
  policies.apply([source('shop/okta'), pod(POD, { labels: { app: 'all' } }), ...ids.map((id) => named(id))]);
});

/** How many slices it takes until nothing is left. */
function finish(): number {
  let slices = 0;
  for (; policies.isBehind(); slices += 1) policies.proceed();
  return slices;
}

const last = () => {
  const update = policies.lastForPod(POD);
  return update === undefined || update === 'behind' ? update : update.policy;
};
const realmOf = (id: string) => {
  const judgement = policyOfPod(policies, POD)?.policy.bindings.find((one) => one.id === id)?.judgement;
  return judgement?.kind === 'rules' ? judgement.realm : undefined;
};

describe('a large set', () => {
  it('is compiled in slices, and there is nothing of it before the last', () => {
    expect([last(), policies.isBehind()]).toEqual(['behind', true]);
    const slices = finish();
    expect(slices).toBeGreaterThanOrEqual((2 * MANY) / LOT - 1);
    expect(slices).toBeLessThanOrEqual((2 * MANY) / LOT + 1);
    expect(last()).toBe(policyOfPod(policies, POD)?.policy);
  });

  it('takes one slice where one binding is another, or a source that all use', () => {
    finish();
    policies.apply([named(ids[3] ?? '', { realm: 'other' })]);
    expect([policies.isBehind(), realmOf(ids[3] ?? '')]).toEqual([false, 'other']);
    policies.apply([source('shop/okta', { audiences: ['other'] })]);
    expect(policies.isBehind()).toBe(false);
  });

  it('is what it was until the last slice is done, and told of then', () => {
    finish();
    const before = last();
    policies.apply([CLOSED]);
    let told: readonly string[] = [];
    while (policies.isBehind()) {
      expect([last() === before, told]).toEqual([true, []]);
      told = [...policies.proceed().pods];
    }
    expect(told).toEqual([POD]);
    expect(last()).not.toBe(before);
    expect(policies.binding(ids[0] ?? '')?.sourcesNotPermitted).toEqual(['shop/okta']);
  });

  it('takes in what changes between two slices, and does not do again what is done', () => {
    finish();
    policies.apply([CLOSED]);
    policies.proceed();
    policies.proceed();
    policies.apply([named(ids[0] ?? '', { realm: 'changed' })]);
    // Half of it was done.
    expect(finish()).toBeLessThanOrEqual((2 * MANY) / LOT / 2 + 1);
    policies.apply([source('shop/okta')]);
    policies.proceed();
    policies.apply([named(ids[99] ?? '', { realm: 'late' })]);
    finish();
    expect([realmOf(ids[0] ?? ''), realmOf(ids[99] ?? '')]).toEqual(['changed', 'late']);
  });

  it('comes to its end though something in it changes before every slice', () => {
    finish();
    policies.apply([CLOSED]);
    let slices = 0;
    for (; policies.isBehind() && slices < 1000; slices += 1) {
      policies.apply([named(ids[0] ?? '', { realm: `r${slices}` })]);
    }
    expect(slices).toBeLessThanOrEqual((2 * MANY) / LOT + 4);
  });

  it('is compiled at once for whoever asks for its outcome', () => {
    expect(policyOfPod(policies, POD)?.policy.bindings).toHaveLength(MANY);
    expect(policies.isBehind()).toBe(false);
  });

  it('keeps the bindings of no other set waiting', () => {
    policies.apply([named('bank/b')]);
    expect([policies.isBehind(ids[0] ?? ''), policies.isBehind('shop/none')]).toEqual([true, false]);
  });

  it('has nothing left to say of a pod that nothing guards', () => {
    expect(policies.lastForPod('shop/other')).toBeUndefined();
    expect(policies.lastForGateway('shop/edge')).toBeUndefined();
  });
});
