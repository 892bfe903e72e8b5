/** Pods of the same labels are worked out once, and a change touches no more than what depends on it. */

import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { binding, change, gone, pod, raw } from '../cluster/testing/objects.ts';
import { startTargets, type TargetsWorld } from './testing/targets.ts';

const MANY = 300;
const LABELS = { app: 'all' };
const OWN = { podSelector: { matchLabels: LABELS } };

let targets: TargetsWorld['targets'];
let put: TargetsWorld['put'];
const names = (prefix: string) => Array.from({ length: MANY }, (_, i) => `shop/${prefix}${i}`);

beforeEach(() => {
  ({ targets, put } = startTargets());
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
    ['a validator of their own kind', { labels: LABELS, guarded: false, ports: { web: 8080 } }, MANY],
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

describe('pods with labels of their own', () => {
  const OWN_LABEL = 'statefulset.kubernetes.io/pod-name';
  const own = (id: string) => pod(id, { labels: { ...LABELS, [OWN_LABEL]: id.replace('/', '-') } });
  const lists = () => new Set(names('p').map(targets.guards)).size;
  const choosing = (name: string, podSelector: JsonObject) => binding(`shop/${name}`, { podSelector });
  const first = { matchLabels: { ...LABELS, [OWN_LABEL]: 'shop-p1' } };

  beforeEach(() => {
    put(...names('p').map(own));
  });

  it('have one list of guards, as long as no selector reads those', () => {
    expect(lists()).toBe(1);
    expect(guardedBy('p7')).toEqual(names('b').sort());
    put(own('shop/p1'), pod('shop/p2', { labels: { ...LABELS, more: 'yes' } }));
    expect(lists()).toBe(1);
  });

  it.each([
    ['chooses one of them', first, 2, 1],
    [
      'chooses some of them',
      { matchExpressions: [{ key: OWN_LABEL, operator: 'In', values: ['shop-p1', 'shop-p2'] }] },
      2,
      2,
    ],
    ['chooses all of them', { matchExpressions: [{ key: OWN_LABEL, operator: 'Exists' }] }, 1, MANY],
    ['chooses none of them', { matchLabels: { [OWN_LABEL]: 'other' } }, 1, 0],
  ])(
    'have one list for each way in which selectors choose them: where one %s',
    (_, selector, count, chosen) => {
      const touched = put(choosing('one', selector));
      expect([lists(), targets.podsOf('shop/one').size]).toEqual([count, chosen]);
      expect(touched.pods.size).toBe(chosen);
      for (const id of targets.podsOf('shop/one')) {
        expect(targets.guards(id).map((guard) => guard.binding)).toEqual([...names('b'), 'shop/one'].sort());
      }
      put(gone('ApiBinding', 'shop/one'));
      expect([lists(), guardedBy('p1')]).toEqual([1, names('b').sort()]);
    },
  );

  it('are one set for all bindings of the same selectors', () => {
    put(choosing('one', first));
    const sets = new Set(names('b').map(targets.podsOf));
    expect([sets.size, [...sets][0]?.size]).toEqual([1, MANY]);
    put(gone('Pod', 'shop/p1'));
    expect(targets.podsOf('shop/b0').has('shop/p1')).toBe(false);
  });

  it('come and go, and change their labels', () => {
    put(choosing('one', first), pod('shop/p2', { labels: { ...LABELS, [OWN_LABEL]: 'shop-p1' } }));
    expect([...targets.podsOf('shop/one')].sort()).toEqual(['shop/p1', 'shop/p2']);
    expect(guards('p1')).toBe(guards('p2'));
    put(gone('Pod', 'shop/p1'), own('shop/p2'));
    expect([targets.podsOf('shop/one').size, lists()]).toEqual([0, 2]);
    expect(guards('p1')).toEqual([]);
  });

  it('keep each guard that is the same when a selector tells them apart', () => {
    const before = new Set(guards('p1'));
    put(choosing('one', first));
    expect(
      guards('p1')
        .filter((guard) => !before.has(guard))
        .map((guard) => guard.binding),
    ).toEqual(['shop/one']);
  });

  it('are told apart by a NetworkPolicy, for status says how each can be reached', () => {
    const policy = change(
      'NetworkPolicy',
      'shop/n',
      raw('shop/n', { spec: { podSelector: first, ingress: [] } }),
    );
    const touched = put(policy);
    expect([lists(), [...touched.pods]]).toEqual([2, ['shop/p1']]);
    expect(guards('p1')).toEqual(guards('p2'));
    put(policy);
    expect(lists()).toBe(2);
    put(gone('NetworkPolicy', 'shop/n'));
    expect(lists()).toBe(1);
  });
});

describe('a namespace', () => {
  it('has no guard worked out anew by another label, nor by a capture that changes none', () => {
    put(...names('p').map((id) => pod(id, { labels: LABELS, guarded: false })));
    const before = guards('p0');
    for (const metadata of [
      { labels: { team: 'x' } },
      { annotations: { 'portcullis.dev/capture': 'None' } },
    ]) {
      const touched = put(change('Namespace', 'shop', raw('shop', {}, metadata)));
      expect([touched.bindings.size, touched.pods.size]).toEqual([MANY, 0]);
      expect(guards('p0')).toBe(before);
    }
  });
});
