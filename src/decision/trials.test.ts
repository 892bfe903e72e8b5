import { describe, expect, it } from 'vitest';
import { decide, enforceWithTrials, headerOf, joe, request, verdict } from '../../test/support/decide.ts';
import { any, bindingPolicy, rulePolicy } from '../../test/support/policy.ts';
import type { BoundRoute } from '../policy/gateway-choice.ts';
import type { BindingPolicy } from '../policy/policy.ts';
import type { CheckRequest, MatchedRoute } from './decision.ts';

const decider = (changes: Partial<BindingPolicy> = {}) =>
  bindingPolicy({}, { id: 'shop/orders', ...changes });
const trial = (changes: Partial<BindingPolicy> = {}) =>
  bindingPolicy(
    { rules: [rulePolicy({ require: { roles: any('admin') } })] },
    { id: 'shop/stricter', ...changes },
  );
const place = (routes: readonly BoundRoute[], hosts: readonly string[] = []) => ({
  atGateway: { routes, hosts },
});
const web: BoundRoute = { kind: 'HTTPRoute', name: 'web' };
const matched = (name: string, section?: string): MatchedRoute => ({
  ...{ kind: 'HTTPRoute', namespace: 'shop', name },
  ...(section !== undefined && { section }),
});

describe('where another binding decides', () => {
  const enforcer = enforceWithTrials([decider({ hosts: ['api.example'] })], [trial()]);

  it('a Trial is there to be judged, and does not answer', () => {
    expect(enforcer.trialFor?.('api.example', undefined)?.policy.id).toBe('shop/stricter');
    const decision = decide(enforcer, request({ token: joe() }));
    expect([decision.binding, verdict(decision)]).toEqual(['shop/orders', 'allowed authenticated']);
  });

  it('no host that a client names is opened by it', () => {
    for (const host of ['other.example', 'x.api.example', '127.0.0.1']) {
      expect(verdict(decide(enforcer, request({ host })))).toBe('denied host_unbound');
      expect(enforcer.trialFor?.(host, undefined)?.policy.id).toBe('shop/stricter');
    }
  });

  it('headers that it names are neither taken away nor set', () => {
    const forward = { ...trial().forward, user: 'x-who', token: 'Remove' } as const;
    const withOther = enforceWithTrials([decider()], [trial({ forward })]);
    const asked = request({ token: joe(), headers: { 'x-who': 'admin' } });
    expect(decide(withOther, asked)).toEqual(decide(enforceWithTrials([decider()], []), asked));
    expect(withOther.tokenHeaders).toEqual([]);
  });
});

describe('where no other binding applies, a Trial is Audit', () => {
  const asks = (
    enforcer: ReturnType<typeof enforceWithTrials>,
    changes: Partial<CheckRequest> & { readonly token?: string } = {},
  ) => {
    const decision = decide(enforcer, request(changes));
    return [decision.binding, verdict(decision)];
  };
  const passes = ['shop/stricter', 'audit_denied role_mismatch'];
  const refused = [undefined, 'denied host_unbound'];
  const token = joe();

  it('for a policy that has nothing else', () => {
    const enforcer = enforceWithTrials([], [trial({ hosts: ['api.example'] })]);
    expect(asks(enforcer, { token })).toEqual(passes);
    expect(asks(enforcer, { token: joe({ groups: ['admin'] }) })[1]).toBe('allowed authenticated');
    expect(asks(enforcer, { token, host: 'other.example' })).toEqual(refused);
  });

  it('and then sets and removes the headers that it names', () => {
    const forward = { ...trial().forward, user: 'x-who', token: 'Remove' } as const;
    const enforcer = enforceWithTrials([], [trial({ forward })]);
    const admin = decide(enforcer, request({ token: joe({ groups: ['admin'] }) }));
    expect(headerOf(admin, 'x-who')).toBe('joe');
    const forged = decide(enforcer, request({ headers: { 'x-who': 'root' } }));
    expect(forged).toMatchObject({ outcome: 'audit_denied', upstream: { set: [] } });
    expect('upstream' in forged && forged.upstream.remove).toContain('x-who');
    expect(enforcer.tokenHeaders).toEqual(['authorization']);
  });

  it('at a port that no other guards, and at no other', () => {
    const bindings = [decider({ hosts: ['a.example'], ports: [8080] })];
    const enforcer = enforceWithTrials(bindings, [trial({ ports: [8080, 9090] })]);
    expect(asks(enforcer, { token, port: 9090 })).toEqual(passes);
    expect(asks(enforceWithTrials(bindings, [trial()]), { token, port: 9090 })).toEqual(refused);
    expect(asks(enforcer, { token, port: 8080 })).toEqual(refused);
    // The port is not known: the other may guard it.
    expect(asks(enforcer, { token })).toEqual(refused);
  });

  it('also where it cannot be used', () => {
    const broken = trial({ judgement: { kind: 'invalid', problem: 'p' } });
    expect(asks(enforceWithTrials([], [broken]))[1]).toBe('audit_denied binding_invalid');
    expect(asks(enforceWithTrials([decider()], [broken]), { token })[1]).toBe('allowed authenticated');
  });

  it('at a gateway by a route that no other is bound to, not even by one of its rules', () => {
    const at = (routes: readonly BoundRoute[], hosts?: readonly string[]) =>
      enforceWithTrials(
        [decider(place(routes, hosts))],
        [trial(place([web, { ...web, name: 'more' }], ['api.example', '*.shop.example']))],
      );
    const other = at([{ ...web, name: 'other' }]);
    expect(asks(other, { token, route: matched('web') })).toEqual(passes);
    expect(asks(other, { token, route: matched('free') })).toEqual(refused);
    expect(asks(other, { token, route: 'Unreadable' })).toEqual(refused);
    const section = at([{ ...web, section: 'admin' }]);
    expect(asks(section, { token, route: matched('web', 'free') })).toEqual(refused);
    expect(asks(section, { token, route: matched('more') })).toEqual(passes);
  });

  it('at a gateway that names no route for hosts that its routes alone have', () => {
    const enforcer = enforceWithTrials(
      [decider({ hosts: ['*.example'], ...place([{ ...web, name: 'other' }], ['*.example']) })],
      [trial(place([web], ['api.test', '*.shop.test']))],
    );
    expect(asks(enforcer, { token, host: 'api.test' })).toEqual(passes);
    // A wildcard may cover hosts of routes that nothing is bound to.
    expect(asks(enforcer, { token, host: 'x.shop.test' })).toEqual(refused);
  });

  it('for no host of a route that another is bound to, whether the gateway names routes or not', () => {
    const named = { hosts: ['a.example'], ...place([web], ['a.example']) };
    const other = { hosts: ['b.example'], ...place([web], ['b.example']) };
    const section = { hosts: ['b.example'], ...place([{ ...web, section: 'admin' }]) };
    const host = 'b.example';
    for (const decides of [named, section]) {
      const enforcer = enforceWithTrials([decider(decides)], [trial(other)]);
      for (const route of [undefined, 'Unreadable', matched('web'), matched('free')] as const) {
        expect(asks(enforcer, { token, host, ...(route && { route }) })).toEqual(refused);
      }
    }
  });

  it('for no host alone, where the gateway names a route that it is not of', () => {
    const enforcer = enforceWithTrials([], [trial(place([], ['b.example']))]);
    const foreign: MatchedRoute = { kind: 'HTTPRoute', namespace: 'other', name: 'web' };
    expect(asks(enforcer, { token, host: 'b.example' })).toEqual(passes);
    for (const route of ['Unreadable', foreign] as const) {
      expect(asks(enforcer, { token, host: 'b.example', route })).toEqual(refused);
    }
  });
});
