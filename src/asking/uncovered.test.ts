/** Routes at several gateways and of several kinds: for which of them something is said, and the filter ExternalAuth. */

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import type { ObjectChange } from '../cluster/objects.ts';
import { createStore } from '../cluster/store.ts';
import { SHARED_SERVICE } from '../gateways/service.ts';
import { ALL, check } from './testing/cases.ts';
import { cors, ofGateway, policy, ref } from './testing/security-policies.ts';
import { ISTIO, route, uncoveredOfRule, uncoveredTexts } from './testing/stage.ts';
import { uncoveredRoutes } from './uncovered.ts';

const PUBLIC = { namespace: 'infra', name: 'public' };

describe('the gateways of a route', () => {
  const at = (...parents: readonly JsonObject[]) => route('shop/web', { parents });
  const OTHER = { namespace: 'infra', name: 'other' };
  const SET = { group: 'gateway.networking.k8s.io', kind: 'ListenerSet', namespace: 'shop', name: 'extra' };
  check([
    ['all have validators', [ofGateway(), at(PUBLIC)]],
    [
      'one has none',
      [ofGateway(), at(PUBLIC, OTHER)],
      'HTTPRoute shop/web at Gateway infra/other',
      'has no validators',
    ],
    ['none has any', [at(OTHER)]],
    [
      'a ListenerSet is one',
      [ofGateway(), at(PUBLIC, SET)],
      'HTTPRoute shop/web at ListenerSet shop/extra',
      'ListenerSets are not read',
    ],
    ['there is none', [at()]],
    ['its controller is one that nobody knows', [route('shop/web', { controller: 'x/y' })]],
    ['one that only begins like a known one', [route('shop/web', { controller: `${ISTIO}-too` })]],
  ]);

  it('are judged each by its own controller', () => {
    const grpc = route('shop/calls', { kind: 'GRPCRoute', controller: ISTIO });
    expect(uncoveredTexts(ofGateway(), grpc)).toEqual([
      expect.stringContaining('GRPCRoute shop/calls at Gateway infra/public: no AuthorizationPolicy'),
    ]);
  });

  it('have no routes', () => {
    const { get, near } = createStore();
    expect(uncoveredRoutes([], { store: { get, near }, gatewayPods: () => ['a/b'] })).toEqual([]);
  });
});

describe('a single rule', () => {
  const replaced = (section: string) => [
    ofGateway(),
    policy('shop/own', { targetRefs: [ref('HTTPRoute', 'web', section)], ...cors }),
  ];
  const places = (section: string, ...changes: readonly ObjectChange[]) =>
    uncoveredOfRule(section, changes).map(({ place }) => place);

  it('that a binding is for is looked at, and no other', () => {
    expect(places('a', ...replaced('a'))).toEqual(['rule a of HTTPRoute shop/web at Gateway infra/public']);
    expect(places('b', ...replaced('a'))).toEqual([]);
    expect(places('a')).toEqual(['rule a of HTTPRoute shop/web at Gateway infra/public']);
    expect(places('a', ofGateway())).toEqual([]);
  });

  it('that the route does not have has no requests', () => {
    expect(places('z')).toEqual([]);
  });
});

describe('the filter ExternalAuth', () => {
  const filter = (externalAuth: JsonObject) => ({ filters: [{ type: 'ExternalAuth', externalAuth }] });
  const backendRef = { ...SHARED_SERVICE, port: 9002 };
  const ours = filter({ protocol: 'GRPC', backendRef });
  const http = (more: JsonObject = {}) =>
    filter({
      protocol: 'HTTP',
      backendRef: { ...backendRef, port: 9001 },
      http: { path: '/envoy' },
      ...more,
    });
  const rules = (...all: readonly JsonObject[]) => route('shop/web', { controller: 'x/y', rules: all });
  const B = 'rule b of HTTPRoute shop/web at Gateway infra/public';
  const other = { name: 'other', namespace: 'shop', port: 9002 };
  check([
    ['in each rule', [rules({ name: 'a', ...ours }, ours)]],
    ['in one of two', [rules(ours, { name: 'b' })], B, 'no filter ExternalAuth'],
    ['in none', [rules({}, { name: 'b' })]],
    ['in one of two without a name', [rules(ours, {})], ALL, 'no filter ExternalAuth'],
    [
      'of another Service in one',
      [rules(ours, { name: 'b', ...filter({ protocol: 'GRPC', backendRef: other }) })],
      B,
      'Service shop/other',
    ],
    ['of another Service in all', [rules(filter({ protocol: 'GRPC', backendRef: other }))]],
    [
      'of what is no Service',
      [rules(ours, { name: 'b', ...filter({ protocol: 'GRPC', backendRef: { ...other, kind: 'X' } }) })],
      B,
      'no Service',
    ],
    ['over HTTP', [rules(http(), ours)]],
    [
      'over HTTP with another path',
      [rules(ours, { name: 'b', ...http({ http: { path: '/' } }) })],
      B,
      'the path /envoy',
    ],
    [
      'means nothing to Istio',
      [route('shop/web', { controller: ISTIO, rules: [ours] })],
      ALL,
      'AuthorizationPolicy',
    ],
    ['means nothing to Envoy Gateway', [route('shop/web', { rules: [ours] })], ALL, 'SecurityPolicy'],
    [
      'in another route of the binding',
      [rules({ name: 'b' }), route('shop/more', { controller: 'x/y', rules: [ours] })],
      ALL,
      'no filter',
    ],
  ]);
});
