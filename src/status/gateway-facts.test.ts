import { describe, expect, it } from 'vitest';
import type { Route } from '../cluster/objects.ts';
import { foreignBackends, neverAsking, openSections } from './gateway-facts.ts';
import { facts, podFact, shownBinding } from './testing/status.ts';

const guarded = (status: 'True' | 'False', reason: string, observedGeneration = 3) => ({
  conditions: [{ type: 'Guarded', status, reason, observedGeneration, message: '', lastTransitionTime: '' }],
});

describe('a gateway whose validators were never asked', () => {
  const asked = (known: Readonly<Record<string, boolean>>) => ({
    wasAsked: (gateway: string) => known[gateway],
  });
  const never = (known: Readonly<Record<string, boolean>>, before = guarded('False', 'NeverAsked')) =>
    neverAsking(['infra/a', 'infra/b'], before, 3, asked(known));

  it.each([
    ['none was', { 'infra/a': false, 'infra/b': false }, ['infra/a', 'infra/b']],
    ['one was', { 'infra/a': true, 'infra/b': false }, ['infra/b']],
    ['one does not say', { 'infra/b': false }, ['infra/b']],
    ['both were', { 'infra/a': true, 'infra/b': true }, []],
    ['neither says', {}, []],
  ])('is named: %s', (_, known, expected) => {
    expect(never(known)).toEqual(expected);
  });

  it.each([
    ['this generation was guarded', guarded('True', 'Guarded'), []],
    ['another generation was', guarded('True', 'Guarded', 2), ['infra/b']],
    ['there was no pod', guarded('True', 'NoPods'), ['infra/b']],
    ['it was not', guarded('False', 'NeverAsked'), ['infra/b']],
  ])('is not known after a restart of all: then it counts whether %s', (_, before, expected) => {
    expect(never({ 'infra/b': false }, before)).toEqual(expected);
    // Once one of them is known to ask, each has to.
    expect(never({ 'infra/a': true, 'infra/b': false }, before)).toEqual(['infra/b']);
  });

  const behind = { neverAsked: ['infra/a'], gatewayValidators: [podFact('g')] };

  it.each([
    ['pods without validators', { pods: [podFact('a'), podFact('b', { validator: false })] }],
    ['no pods', { pods: [] }],
  ])('makes the binding unready before %s, and says what to do', (_, more) => {
    const { conditions, messages } = shownBinding(facts({ ...behind, ...more }));
    expect([conditions.Ready, conditions.Guarded]).toEqual(['False NeverAsked', 'False NeverAsked']);
    expect(messages.Guarded).toContain('validators of Gateway infra/a so far; send one through it');
  });

  it('matters nothing before pods that all have validators', () => {
    expect(shownBinding(facts({ ...behind, pods: [podFact('a')] })).conditions.Ready).toBe('True Ready');
  });
});

describe('backends of another namespace or kind', () => {
  const route = (gateways: readonly string[], foreign: readonly string[]): Route => ({
    kind: 'HTTPRoute',
    metadata: { namespace: 'shop', name: 'web', uid: '', resourceVersion: '' },
    created: '',
    hostnames: [],
    parents: gateways.map((gateway) => ({ gateway, sectionName: '', port: undefined, controller: 'x/y' })),
    backends: [],
    foreign,
    labels: {},
    rules: [],
    listenerSets: [],
  });
  const FAR = ['Service other/far'];
  const found = (of: Route, holding: readonly string[], pods: readonly string[] = ['infra/v-1']) =>
    foreignBackends({ routes: [of] }, holding, { gatewayPods: () => pods });

  it.each([
    ['no gateway', route([], FAR), []],
    ['a gateway without validators', route(['infra/a'], FAR), []],
    ['two gateways, of which one has validators', route(['infra/a', 'infra/b'], FAR), ['infra/a']],
  ])('are told of behind %s', (_, of, holding) => {
    expect(found(of, holding)).toEqual(['HTTPRoute shop/web to Service other/far']);
  });

  it('are judged at gateways that all have validators', () => {
    expect(found(route(['infra/a'], FAR), ['infra/a'])).toEqual([]);
    expect(found(route(['infra/a'], FAR), ['infra/a'], [])).toHaveLength(1);
    expect(found(route([], []), [])).toEqual([]);
  });

  it('make the binding unready, and are named', () => {
    const { conditions, messages } = shownBinding(
      facts({ foreign: ['HTTPRoute shop/web to Service other/far'] }),
    );
    expect([conditions.Ready, conditions.Guarded]).toEqual([
      'False RouteHasForeignBackend',
      'False RouteHasForeignBackend',
    ]);
    expect(messages.Guarded).toContain('HTTPRoute shop/web to Service other/far');
  });
});

describe('single rules of a route', () => {
  const route: Route = {
    kind: 'HTTPRoute',
    metadata: { namespace: 'shop', name: 'web', uid: '', resourceVersion: '' },
    created: '',
    hostnames: [],
    parents: ['infra/a', 'infra/a', 'infra/b'].map((gateway) => ({
      gateway,
      sectionName: '',
      port: undefined,
      controller: 'x/y',
    })),
    backends: [],
    foreign: [],
    labels: {},
    rules: [{ name: 'admin', asks: undefined }],
    listenerSets: [],
  };
  const found = (...judging: readonly string[]) =>
    openSections(
      { sections: [{ route, section: 'admin' }] },
      { gatewayPods: (gateway) => (judging.includes(gateway) ? ['infra/v-1'] : []) },
    );

  it('are open at gateways without validators', () => {
    expect(found('infra/a')).toEqual(['HTTPRoute shop/web (admin) at Gateway infra/b']);
    expect(found()).toHaveLength(2);
    expect(found('infra/a', 'infra/b')).toEqual([]);
  });

  const sectioned = { isForGateways: true, pods: [], injectionEnabled: false };

  it('make the binding unready then, whatever the namespace has', () => {
    for (const more of [sectioned, { pods: [podFact('a')] }]) {
      const { conditions, messages } = shownBinding(facts({ ...more, openSections: found() }));
      expect(conditions.Guarded).toBe('False SectionUnguarded');
      expect(messages.Guarded).toContain('HTTPRoute shop/web (admin) at Gateway infra/a');
    }
  });

  it('need no pods, and no injection', () => {
    const gatewayValidators = [podFact('v')];
    const { conditions, messages } = shownBinding(facts({ ...sectioned, gatewayValidators }));
    expect([conditions.Ready, conditions.Guarded]).toEqual(['True Ready', 'True Guarded']);
    expect(messages.Guarded).toContain('judge what comes by');
    const unasked = facts({ ...sectioned, gatewayValidators, neverAsked: ['infra/a'] });
    expect(shownBinding(unasked).conditions.Guarded).toBe('False NeverAsked');
  });
});
