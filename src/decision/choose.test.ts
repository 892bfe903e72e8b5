import { describe, expect, it } from 'vitest';
import { decide, enforce, joe, request, verdict } from '../../test/support/decide.ts';
import { bindingPolicy } from '../../test/support/policy.ts';
import type { BoundRoute } from '../policy/gateway-choice.ts';
import type { BindingPolicy } from '../policy/policy.ts';
import type { MatchedRoute } from './decision.ts';

interface Place {
  readonly routes: readonly (string | BoundRoute)[];
  /** For the requests of its routes; none = any. */
  readonly hosts?: readonly string[];
  /** For requests of no known route; none = no such request. */
  readonly without?: readonly string[];
}

const web = (name: string): BoundRoute => ({ kind: 'HTTPRoute', name });
const rule = (name: string, section: string): BoundRoute => ({ ...web(name), section });

function at(id: string, { routes, hosts = [], without = [] }: Place, changes: Partial<BindingPolicy> = {}) {
  const bound = routes.map((route) => (typeof route === 'string' ? web(route) : route));
  return bindingPolicy({}, { id, hosts, atGateway: { routes: bound, hosts: without }, ...changes });
}

const matched = (id: string, section?: string): MatchedRoute => {
  const [namespace = '', name = ''] = id.split('/');
  return { kind: 'HTTPRoute', namespace, name, ...(section !== undefined && { section }) };
};

const enforcer = enforce(
  at('shop/web', { routes: ['web'], without: ['one.example'] }),
  at('bank/web', { routes: ['web', rule('more', 'pay')] }),
  at('shop/admin', { routes: [rule('web', 'admin')] }),
  at('shop/narrow', { routes: ['two'], hosts: ['a.example', '*.b.example'] }),
  at('shop/wide', { routes: ['two'], hosts: ['*.example'], without: ['*.example'] }),
);
const chosen = (host: string, route?: MatchedRoute | 'Unreadable') =>
  decide(enforcer, request({ host, route })).binding;

describe('where the gateway says which route matched', () => {
  it.each([
    ['its binding decides', 'one.example', matched('shop/web'), 'shop/web'],
    ['another namespace’s of one host, too', 'one.example', matched('bank/web'), 'bank/web'],
    ['what is bound to the rule goes first', 'one.example', matched('shop/web', 'admin'), 'shop/admin'],
    ['other rules have what is bound to all', 'one.example', matched('shop/web', 'x'), 'shop/web'],
    ['a rule alone may be bound', 'one.example', matched('bank/more', 'pay'), 'bank/web'],
    ['the narrower host goes first', 'a.example', matched('shop/two'), 'shop/narrow'],
    ['a suffix is narrower than any', 'x.b.example', matched('shop/two'), 'shop/narrow'],
    ['the wider one has the rest', 'c.example', matched('shop/two'), 'shop/wide'],
  ])('%s', (_, host, route, expected) => {
    expect(chosen(host, route)).toBe(expected);
  });

  it.each([
    ['a route that nothing is bound to', matched('shop/other')],
    ['a route of that name in another namespace', matched('evil/web')],
    ['a route of another kind', { ...matched('shop/web'), kind: 'GRPCRoute' } as const],
    ['another rule of a route of which one is bound', matched('bank/more', 'free')],
    ['a route of which one rule is bound, without one', matched('bank/more')],
    ['a route that cannot be read', 'Unreadable' as const],
  ])('%s is refused, though a binding has the host', (_, route) => {
    const decision = decide(enforcer, request({ host: 'one.example', route, token: joe() }));
    expect(verdict(decision)).toBe('denied host_unbound');
    expect(decision).toMatchObject({ binding: undefined, detail: 'No ApiBinding guards this route.' });
  });

  it('hosts that the binding does not have are refused', () => {
    expect(chosen('x.test', matched('shop/two'))).toBeUndefined();
  });

  it('no binding in mode Disabled or Audit opens the route of another', () => {
    for (const mode of ['Disabled', 'Audit'] as const) {
      const open = enforce(
        at('evil/x', { routes: ['x'], without: [''] }, { mode }),
        at('shop/web', { routes: ['web'] }),
      );
      expect(verdict(decide(open, request({ route: matched('shop/web') })))).toBe('denied token_missing');
      expect(verdict(decide(open, request({ route: matched('shop/none') })))).toBe('denied host_unbound');
      expect(verdict(decide(open, request({ route: matched('evil/x') })))).not.toMatch(/^denied/);
    }
  });
});

describe('where it does not say', () => {
  it.each([
    ['one.example', 'shop/web'],
    ['x.example', 'shop/wide'],
    // The host of a binding that has it for its routes alone.
    ['a.example', 'shop/wide'],
    ['x.test', undefined],
  ])('%s is decided by who has the host for such requests', (host, expected) => {
    expect(chosen(host)).toBe(expected);
  });
});

it('beside a pod, and for a folder, a route says nothing', () => {
  const beside = enforce(bindingPolicy({}, { id: 'shop/orders', hosts: ['api.example'] }));
  for (const route of [matched('shop/other'), 'Unreadable'] as const) {
    expect(decide(beside, request({ route })).binding).toBe('shop/orders');
  }
});
