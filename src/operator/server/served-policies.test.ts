import { expect, it } from 'vitest';
import { publicJwk } from '../../../test/support/tokens.ts';
import { fakeClock } from '../../base/testing/clock.ts';
import { binding, discovery, gone, pod, service, source } from '../../cluster/testing/objects.ts';
import { loopOver } from '../testing/loop.ts';
import { createServedPolicies } from './served-policies.ts';

const DAY = 86_400;
const ISSUER = 'https://login.example';
const KEYS = [publicJwk('ES256', 'a')];

function world() {
  const { policies, loop } = loopOver(fakeClock());
  const told: string[] = [];
  const served = createServedPolicies({ policies, subscribe: loop.subscribe, isRead: () => true });
  const end = served.onChange(({ pods, gateways }) => told.push([...pods, ...gateways].join()));
  const checked = (checkedAt: number): readonly string[] => {
    told.length = 0;
    const keys = { keys: KEYS, checkedAt, location: discovery(ISSUER) };
    loop.put([{ kind: 'Keys', uid: 'uid-shop/okta', keys }]);
    loop.flush();
    return [...told];
  };
  loop.put([
    pod('shop/p', { labels: { app: 'a' }, guarded: true, ready: true, ports: { http: 8080 } }),
    pod('shop/other', { labels: {}, guarded: true, ready: true, ports: { http: 8080 } }),
    service('shop/a', 'a', [{ name: 'http', port: 80, targetPort: 8080 }]),
    source('shop/okta', { issuer: ISSUER }),
    binding('shop/b', { targetRefs: [{ kind: 'Service', name: 'a' }], sources: [{ name: 'okta' }] }),
  ]);
  loop.flush();
  return { checked, end };
}

it('tells of keys that are the same as before, where they were checked so late that it matters', () => {
  const { checked, end } = world();
  expect(checked(1000)).toEqual(['shop/p']);
  // Whoever waits for an answer hears of these when the time is up.
  expect(checked(1600)).toEqual([]);
  expect(checked(1600 + DAY / 4 - 1)).toEqual([]);
  // The provider was away for long: nobody trusts the keys any more, until they hear of it.
  expect(checked(1600 + DAY / 2)).toEqual(['shop/p']);
  expect(checked(2200 + DAY / 2)).toEqual([]);
  end();
  expect(checked(9 * DAY)).toEqual([]);
});

const SHOP = [
  pod('shop/p', { labels: { app: 'a' }, guarded: true, ready: true, ports: { http: 8080 } }),
  service('shop/a', 'a', [{ name: 'http', port: 80, targetPort: 8080 }]),
  binding('shop/b', { targetRefs: [{ kind: 'Service', name: 'a' }] }),
];

it('serves the policies of pods that live, once the cluster has been read', () => {
  const { policies, loop } = loopOver(fakeClock());
  let isRead = false;
  const served = createServedPolicies({ policies, subscribe: loop.subscribe, isRead: () => isRead });
  const reader = { pod: 'shop/p', gateway: undefined };
  expect(served.policyOf(reader)).toEqual({ kind: 'notReady' });
  isRead = true;
  expect(served.policyOf(reader)).toEqual({ kind: 'unknown' });
  expect(served.policyOf({ pod: 'shop/p', gateway: 'shop/edge' })).toEqual({ kind: 'unknown' });
  loop.put(SHOP);
  loop.flush();
  expect(served.policyOf(reader)).toMatchObject({ kind: 'policy' });
  expect(served.livePod('shop/p')).toBe('uid-shop/p');

  loop.put([pod('shop/p', { labels: { app: 'a' }, guarded: true, phase: 'Succeeded' })]);
  loop.flush();
  expect([served.livePod('shop/p'), served.policyOf(reader)]).toEqual([undefined, { kind: 'unknown' }]);
});

it('tells the readers of their pods alone, also of one that nothing guards', () => {
  const { policies, loop } = loopOver(fakeClock());
  const served = createServedPolicies({ policies, subscribe: loop.subscribe, isRead: () => true });
  const told: string[] = [];
  const end = served.onChange(({ pods, gateways }) => told.push([...pods, ...gateways].join()));
  loop.put(SHOP);
  loop.flush();
  loop.put([pod('shop/other', { labels: {}, guarded: false, ready: true, ports: {} })]);
  loop.flush();
  loop.put([service('shop/z', 'z', [])]);
  loop.flush();
  expect(told).toEqual(['shop/p', 'shop/other']);
  end();
  loop.put([gone('Pod', 'shop/p')]);
  loop.flush();
  expect(told).toHaveLength(2);
});
