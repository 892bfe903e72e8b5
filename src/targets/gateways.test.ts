import { describe, expect, it } from 'vitest';
import type { Route } from '../cluster/objects.ts';
import { bindingHosts, unboundHosts } from './gateways.ts';
import { createHostOwners } from './host-owners.ts';
import { type Attachment, covers } from './hosts.ts';

const route = (namespace: string, name: string): Route => ({
  kind: 'HTTPRoute',
  metadata: { namespace, name, uid: '', resourceVersion: '' },
  created: '2026-01-01T00:00:00Z',
  hostnames: [],
  parents: [],
  labels: {},
  rules: [],
  listenerSets: [],
  backends: [],
  foreign: [],
});

const at = (namespace: string, name: string, ...hosts: readonly string[]): Attachment => ({
  route: route(namespace, name),
  hosts,
  places: hosts.map((host) => ({ port: 80, listener: '', host })),
});

describe('a binding at a gateway', () => {
  const mine = at('shop', 'web', '*.shop.example');
  const hostsOf = (specHosts: readonly string[]) =>
    bindingHosts(specHosts, [mine.route], 'infra/edge', createHostOwners([mine]));

  it.each([
    ['its own hosts, as far as the route has them', ['a.shop.example', 'b.example'], ['a.shop.example']],
    ["the route's, where it names none", [], ['*.shop.example']],
    ['the narrower of the two', ['*.example'], ['*.shop.example']],
  ])('decides for %s', (_, specHosts, expected) => {
    expect(hostsOf(specHosts)).toEqual({ hosts: expected, problem: undefined });
  });

  it('decides for none where its hosts are others', () => {
    const found = hostsOf(['b.example']);
    expect(found?.hosts).toEqual([]);
    expect(found?.problem?.reason).toBe('HostNotAttached');
  });

  it('is not there when no route of its own is attached', () => {
    expect(
      bindingHosts([], [route('shop', 'other')], 'infra/edge', createHostOwners([mine])),
    ).toBeUndefined();
  });
});

it('a host without a binding is not left to the binding of a wider one', () => {
  const attachments = [
    at('shop', 'wide', '*.example'),
    at('bank', 'web', 'bank.example'),
    at('bank', 'x', 'x.test'),
  ];
  const found = unboundHosts(attachments, new Set(['*.example']));
  expect(found.map(({ hosts }) => hosts)).toEqual([['bank.example']]);
  expect(unboundHosts(attachments, new Set(['*.example', 'bank.example']))).toEqual([]);
});

it.each([
  ['', 'a.example', true],
  ['', '', true],
  ['a.example', '', false],
  ['*.example', '', false],
  ['*.example', 'a.example', true],
  ['*.example', 'example', false],
  ['*.example', '*.a.example', true],
  ['*.a.example', '*.example', false],
  ['a.example', '*.example', false],
])('%j covers %j: %s', (pattern, other, expected) => {
  expect(covers(pattern, other)).toBe(expected);
});
