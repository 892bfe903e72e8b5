/** Pods of the same labels are worked out once, and a change touches no more than what depends on it. */

import { beforeEach, describe, expect, it } from 'vitest';
import type { ObjectChange } from '../cluster/objects.ts';
import { createStore, type Store } from '../cluster/store.ts';
import { binding, change, gone, pod, raw } from '../testing/objects.ts';
import { createTargets, type Targets } from './targets.ts';

const MANY = 300;
const LABELS = { app: 'all' };
const OWN = { podSelector: { matchLabels: LABELS } };

let store: Store;
let targets: Targets;
const put = (...changes: readonly ObjectChange[]) => {
  for (const one of changes) store.apply(one);
  return targets.apply(changes);
};
const names = (prefix: string) => Array.from({ length: MANY }, (_, i) => `shop/${prefix}${i}`);

beforeEach(() => {
  store = createStore();
  targets = createTargets(store);
  put(...names('b').map((id) => binding(id, OWN)), ...names('p').map((id) => pod(id, { labels: LABELS })));
});

const guards = (id: string) => targets.guards(`shop/${id}`);
const guardedBy = (id: string) => guards(id).map(({ binding }) => binding);

describe('pods of one selector', () => {
  it('have one list of guards', () => {
    expect(new Set(names('p').map(targets.guards)).size).toBe(1);
    expect(guardedBy('p0')).toEqual(names('b').sort());
    expect([...targets.podsOf('shop/b0')].sort()).toEqual(names('p').sort());
  });

  it('are not looked at when a binding is another one that guards the same', () => {
    const before = guards('p0');
    const touched = put(binding('shop/b0', { ...OWN, realm: 'other' }));
    expect([touched.pods.size, [...touched.bindings]]).toEqual([0, ['shop/b0']]);
    expect(guards('p0')).toBe(before);
  });

  it('keep the guards of other bindings when one is another, comes or goes', () => {
    const before = guards('p0');
    put(binding('shop/b0', { ...OWN, ports: [{ port: 9090 }] }));
    expect(guards('p1').filter((guard) => !before.includes(guard))).toEqual([
      { binding: 'shop/b0', ports: [{ port: 9090, protocol: 'HTTP' }], problem: undefined },
    ]);
    put(binding('shop/a', OWN));
    expect(guardedBy('p1')).toEqual(['shop/a', ...names('b').sort()]);
    put(gone('ApiBinding', 'shop/a'), gone('ApiBinding', 'shop/b0'));
    expect(guardedBy('p1')).toEqual(names('b').sort().slice(1));
    expect(guards('p1').every((guard) => before.includes(guard))).toBe(true);
    expect(targets.podsOf('shop/b0').size).toBe(0);
  });

  it('do not touch each other', () => {
    const before = guards('p0');
    for (const one of [
      pod('shop/p1', { labels: LABELS, ready: false }),
      pod('shop/new', { labels: LABELS }),
    ]) {
      const touched = put(one);
      expect([...touched.pods]).toEqual([one.id]);
      expect(touched.bindings.size).toBe(MANY);
    }
    put(gone('Pod', 'shop/p2'));
    expect([guards('new'), guards('p0'), guards('p2')]).toEqual([before, before, []]);
    expect(guards('new')).toBe(before);
  });

  it.each([
    ['other labels', { labels: { app: 'other' } }, 0],
    ['more labels', { labels: { ...LABELS, more: 'yes' } }, MANY],
    ['other ports', { labels: LABELS, ports: { http: 81 } }, MANY],
    ['an end', { labels: LABELS, phase: 'Failed' }, 0],
  ])('have guards of their own with %s', (_, options, count) => {
    const before = guards('p0');
    put(pod('shop/p1', options));
    expect(guards('p1')).toHaveLength(count);
    expect(guards('p1')).not.toBe(before);
    expect(guards('p0')).toBe(before);
    put(pod('shop/p1', { labels: LABELS }));
    expect(guards('p1')).toBe(before);
  });

  it('are all captured in another way when their namespace says so', () => {
    const bare = names('p').map((id) => pod(id, { labels: LABELS, guarded: false }));
    put(...bare, binding('shop/b0', { ...OWN, ports: [{ port: 1 }] }));
    const annotations = { 'portcullis.dev/capture': 'None' };
    const touched = put(change('Namespace', 'shop', raw('shop', {}, { annotations })));
    expect(touched.bindings.size).toBe(MANY);
    expect(new Set(names('p').map(targets.guards)).size).toBe(1);
  });

  it('name the first of them in what is wrong, whatever the order in which they come and go', () => {
    put(binding('shop/b0', OWN), ...names('p').map((id) => gone('Pod', id)));
    const problem = (id: string) => guards(id)[0]?.problem?.message;
    const portless = (id: string) => pod(`shop/${id}`, { labels: LABELS, guarded: false, ports: {} });
    put(portless('m'));
    expect(problem('m')).toContain('Pod shop/m ');
    put(portless('z'));
    expect(problem('z')).toContain('Pod shop/m ');
    put(portless('a'));
    expect([problem('z'), problem('m')].every((text) => text?.includes('Pod shop/a '))).toBe(true);
    put(gone('Pod', 'shop/a'));
    expect(problem('z')).toContain('Pod shop/m ');
  });
});
