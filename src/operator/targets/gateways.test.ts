import { describe, expect, it } from 'vitest';
import type { Route } from '../cluster/objects.ts';
import { type Attachment, attachedHosts, bindingHosts, covers, unboundHosts } from './gateways.ts';

const route = (namespace: string, name: string): Route => ({
  kind: 'HTTPRoute',
  metadata: { namespace, name, uid: '', resourceVersion: '' },
  hostnames: [],
  parents: [],
  backends: [],
});

const at = (namespace: string, name: string, ...hosts: readonly string[]): Attachment => ({
  route: route(namespace, name),
  hosts,
});

describe('a binding at a gateway', () => {
  const mine = at('shop', 'web', '*.shop.example');
  const hostsOf = (
    specHosts: readonly string[],
    own: readonly Attachment[],
    others: readonly Attachment[] = [],
  ) =>
    bindingHosts(
      'shop',
      specHosts,
      own.map((attachment) => attachment.route),
      'infra/edge',
      attachedHosts([...own, ...others]),
    );

  it.each([
    ['its own hosts, as far as the route has them', ['a.shop.example', 'b.example'], ['a.shop.example']],
    ["the route's, where it names none", [], ['*.shop.example']],
    ['the narrower of the two', ['*.example'], ['*.shop.example']],
  ])('decides for %s', (_, specHosts, expected) => {
    expect(hostsOf(specHosts, [mine])).toEqual({ hosts: expected, problem: undefined });
  });

  it('decides for none where its hosts are others', () => {
    const found = hostsOf(['b.example'], [mine]);
    expect(found?.hosts).toEqual([]);
    expect(found?.problem?.reason).toBe('HostNotAttached');
  });

  it('is not there when no route of its own is attached', () => {
    expect(
      bindingHosts('shop', [], [route('shop', 'other')], 'infra/edge', attachedHosts([mine])),
    ).toBeUndefined();
  });

  it.each([
    ['the same host', at('evil', 'web', '*.shop.example')],
    ['a host that it decides for', at('evil', 'web', 'a.shop.example')],
  ])('decides nothing where another namespace attaches %s', (_, other) => {
    expect(hostsOf(['a.shop.example', '*.shop.example'], [mine], [other])?.problem?.reason).toBe(
      'HostShared',
    );
  });

  it('shares any host as any other', () => {
    expect(hostsOf([], [at('shop', 'web', '')], [at('evil', 'web', '')])?.problem?.message).toContain(
      'any host',
    );
  });

  it.each([
    ['another host', at('other', 'web', 'b.example')],
    ['its own namespace', at('shop', 'more', '*.shop.example')],
  ])('shares nothing with %s', (_, other) => {
    expect(hostsOf([], [mine], [other])?.problem).toBeUndefined();
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
