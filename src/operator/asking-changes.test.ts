/** Which changes have status look again at routes, and which say nothing new. */

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import type { ObjectChange } from '../cluster/objects.ts';
import { createStore } from '../cluster/store.ts';
import { change, gone, raw, service } from '../cluster/testing/objects.ts';
import { createAskingChanges } from './asking-changes.ts';

const GATEWAYS: Readonly<Record<string, readonly string[]>> = {
  'infra/public': ['portcullis-system/v-1'],
  'edge/public': ['edge/v-1'],
};

function world(...first: readonly ObjectChange[]) {
  const store = createStore();
  for (const one of first) store.apply(one);
  const changed = createAskingChanges({
    store,
    gateways: () => Object.keys(GATEWAYS),
    gatewayPods: (id) => GATEWAYS[id] ?? [],
  });
  return (...changes: readonly ObjectChange[]) => {
    for (const one of changes) store.apply(one);
    const { gateways, namespaces } = changed(changes);
    return [...gateways, ...namespaces].join(' ');
  };
}

const security = (id: string, spec: JsonObject = {}, status: JsonObject = {}) =>
  change('SecurityPolicy', id, raw(id, { spec, status }));
const authorization = (id: string, spec: JsonObject = { action: 'CUSTOM' }) =>
  change('AuthorizationPolicy', id, raw(id, { spec }));
const gateway = (id: string, listeners: JsonObject['listeners'] = [], more: JsonObject = {}) =>
  change('Gateway', id, raw(id, { spec: { listeners, ...more } }));

describe('a SecurityPolicy', () => {
  const far = { targetSelectors: [{ kind: 'HTTPRoute', namespaces: { from: 'All' } }] };

  it('concerns the bindings of its namespace, and the Gateways there', () => {
    const put = world();
    expect(put(security('shop/a'))).toBe('shop');
    expect(put(security('infra/a'))).toBe('infra/public infra');
  });

  it('is no news when nothing of it is another, also right after an election', () => {
    const put = world(security('infra/a'));
    expect(put(security('infra/a'))).toBe('');
    expect(put(security('infra/a', {}, { ancestors: [] }))).toBe('');
    expect(put(security('infra/a', { extAuth: {} }))).toBe('infra/public infra');
    expect(put(gone('SecurityPolicy', 'infra/a'))).toBe('infra/public infra');
    expect(put(gone('SecurityPolicy', 'infra/a'))).toBe('');
  });

  it('that reaches into other namespaces, or did so before, concerns all Gateways', () => {
    const put = world();
    expect(put(security('shop/a', far))).toBe('infra/public edge/public shop');
    expect(put(security('shop/a'))).toBe('infra/public edge/public shop');
    expect(put(security('shop/a', { extAuth: {} }))).toBe('shop');
  });
});

it('an AuthorizationPolicy concerns all Gateways, and only one that asks', () => {
  const put = world();
  expect(put(authorization('infra/a'))).toBe('infra/public edge/public');
  expect(put(authorization('infra/a'))).toBe('');
  expect(put(authorization('infra/b', { action: 'ALLOW' }))).toBe('');
  expect(put(gone('AuthorizationPolicy', 'infra/a'))).toBe('infra/public edge/public');
});

it('a ReferenceGrant concerns the bindings of its namespace, and the Gateways there', () => {
  const grant = (id: string) =>
    change(
      'ReferenceGrant',
      id,
      raw(id, {
        spec: {
          from: [{ group: 'gateway.envoyproxy.io', kind: 'SecurityPolicy', namespace: 'other' }],
          to: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' }],
        },
      }),
    );
  const put = world();
  expect(put(grant('shop/a'))).toBe('shop');
  expect(put(grant('shop/a'))).toBe('');
  expect(put(grant('infra/a'))).toBe('infra/public infra');
  expect(put(gone('ReferenceGrant', 'infra/a'))).toBe('infra/public infra');
});

it('a Gateway concerns itself, where it is another and has validators', () => {
  const put = world(gateway('infra/public'));
  expect(put(gateway('infra/public'))).toBe('');
  expect(put(gateway('infra/public', [{ name: 'http', port: 80 }]))).toBe('infra/public');
  expect(put(gateway('infra/other', [{ name: 'http', port: 80 }]))).toBe('');
});

it('a Service concerns the Gateways whose validators are there, and those that name a Service as their address', () => {
  const put = world();
  expect(put(service('shop/a', 'a'))).toBe('');
  expect(put(service('portcullis-system/a', 'a'))).toBe('infra/public');
  put(gateway('edge/public', [], { addresses: [{ type: 'Hostname', value: 'a' }] }));
  expect(put(service('shop/a', 'a'))).toBe('edge/public');
});
