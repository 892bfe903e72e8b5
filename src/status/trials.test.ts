import { describe, expect, it } from 'vitest';
import { binding, pod, service, source } from '../cluster/testing/objects.ts';
import { policyFor } from '../planning/older-validators.ts';
import { createPolicies } from '../planning/policies.ts';
import { parseTakes } from '../policy/exchange.ts';
import { notGuarded } from './alert-facts.ts';
import { gatherBindingFacts } from './binding-facts.ts';
import { facts, podFact, shownBinding } from './testing/status.ts';

const NONE = parseTakes(undefined);
const ON_ORDERS = { targetRefs: [{ kind: 'Service', name: 'orders' }] };
const AROUND = {
  gatewayPods: () => [],
  wasAsked: () => undefined,
  reportOf: () => undefined,
  unmounted: () => undefined,
  restarts: () => [],
  wouldDeny: () => undefined,
  nodesKnown: false,
  sourceProblem: () => undefined,
  ...{ version: '1.0.0', now: 1 },
};

const trial = (overrides: Parameters<typeof facts>[0] = {}) => facts({ mode: 'Trial', ...overrides });

describe('a Trial whose pods all have validators with it', () => {
  it.each([false, true])('is Ready, and guards nothing, whether it stands alone: %s', (standsAlone) => {
    const shown = shownBinding(trial({ standsAlone }));
    expect(shown.conditions).toEqual({
      Ready: 'True Ready',
      Accepted: 'True Accepted',
      SourcesResolved: 'True SourcesResolved',
      Guarded: 'False Trial',
      Programmed: 'True Programmed',
    });
    expect(notGuarded(shown.status.conditions ?? [])).toBeUndefined();
    const texts = [shown.messages.Ready, shown.messages.Guarded].join(' ');
    expect(texts).toContain(standsAlone ? 'let through' : 'answers no request');
    expect(texts).not.toMatch(/is guarded/);
  });

  it('says at which ports it is not judged, for no other binding guards them', () => {
    const message = (...untried: readonly number[]) =>
      shownBinding(trial({ pods: [podFact('a', { untried }), podFact('b', { untried })] })).messages.Ready;
    expect(message()).not.toContain('not judged');
    expect(message(9090)).toContain(
      'At port 9090 of its pods it is not judged: no other binding guards it, so that requests meet no validator there.',
    );
    expect(message(9090, 8081)).toContain(
      'At ports 8081, 9090 of its pods it is not judged: no other binding guards them,',
    );
  });

  it('guards nothing where there are no pods either', () => {
    expect(shownBinding(trial({ pods: [] })).conditions).toMatchObject({
      Ready: 'True Ready',
      Guarded: 'False Trial',
    });
  });
});

describe('a Trial is not Ready', () => {
  it.each([
    ['PodsUnguarded', { pods: [podFact('a', { validator: false })] }],
    ['InjectionDisabled', { injectionEnabled: false, pods: [podFact('a', { validator: false })] }],
    ['Rejected', { pods: [podFact('a', { rejected: { version: 'v2', reason: 'trials' } })] }],
    ['Pending', { pods: [podFact('a', { acknowledged: 'v1' })] }],
  ] as const)('while it cannot be judged everywhere: %s', (reason, overrides) => {
    expect(shownBinding(trial(overrides)).conditions.Ready).toBe(`False ${reason}`);
  });
});

describe('beside a binding that decides', () => {
  const labels = { app: 'orders' };
  const world = (...more: Parameters<ReturnType<typeof createPolicies>['apply']>[0]) => {
    const policies = createPolicies({ allowInsecureHttp: false });
    policies.apply([
      ...[source('shop/okta'), service('shop/orders', 'orders'), pod('shop/o-1', { labels })],
      binding('shop/next', {
        ...{ ...ON_ORDERS, mode: 'Trial', ports: [{ port: 8080 }, { port: 9090, protocol: 'H2C' }] },
      }),
      ...more,
    ]);
    return (id: string) => gatherBindingFacts(id, policies, AROUND);
  };

  it('a Trial does not stand alone, be it by its target or by its pods', () => {
    const decides = { podSelector: { matchLabels: labels } };
    expect(world()('shop/next')?.standsAlone).toBe(true);
    expect(world(binding('shop/other', { ...decides, mode: 'Trial' }))('shop/next')?.standsAlone).toBe(true);
    expect(world(binding('shop/orders'))('shop/next')?.standsAlone).toBe(false);
    expect(world(binding('shop/b', decides))('shop/next')?.standsAlone).toBe(false);
  });

  it('what a Trial names looks neither guarded nor to be captured', () => {
    const captured = pod('shop/o-1', { labels, ports: { http: 8080, grpc: 9090 } });
    const of = world(binding('shop/orders'), captured);
    expect(of('shop/next')?.pods[0]?.uncaptured).toEqual([]);
    expect(of('shop/orders')?.pods[0]?.otherPorts).toContain('9090 (grpc)');
    const next = of('shop/next');
    expect(next?.pods[0]?.untried).toEqual([9090]);
    expect(of('shop/orders')?.pods[0]?.untried).toEqual([]);
  });

  it('a Trial of the same ports is judged at all of them, and one that stands alone is as any binding', () => {
    const captured = pod('shop/o-1', { labels, ports: { http: 8080, grpc: 9090 }, captured: [8080, 9090] });
    const both = { ...ON_ORDERS, ports: [{ port: 8080 }, { port: 9090, protocol: 'H2C' }] };
    expect(world(binding('shop/orders', both), captured)('shop/next')?.pods[0]?.untried).toEqual([]);
    const alone = world(pod('shop/o-1', { labels, ports: { http: 8080, grpc: 9090 } }))('shop/next');
    expect([alone?.pods[0]?.untried, alone?.pods[0]?.uncaptured]).toEqual([[], [9090]]);
  });
});

describe('validators of an older version', () => {
  const facts = (id: string, spec = {}) => {
    const policies = createPolicies({ allowInsecureHttp: false });
    policies.apply([
      ...[
        source('shop/okta'),
        service('shop/orders', 'orders'),
        pod('shop/o-1', { labels: { app: 'orders' } }),
      ],
      ...[binding('shop/orders', spec), binding('shop/next', { ...ON_ORDERS, mode: 'Trial' })],
    ]);
    const policy = policies.podPolicy('shop/o-1');
    const version = policy && policyFor(policy, NONE).version;
    expect(version).not.toBe(policy?.version);
    const gathered = gatherBindingFacts(id, policies, {
      ...AROUND,
      reportOf: () => ({ version, rejected: undefined, takes: NONE }),
    });
    if (gathered === undefined) throw new Error('there is no such binding');
    return shownBinding(gathered);
  };

  it('enforce what decides, and are no reason against it', () => {
    expect(facts('shop/orders').conditions).toMatchObject({
      Ready: 'True Ready',
      Programmed: 'True Programmed',
    });
  });

  it('refuse by a binding with what they do not know, whose status says what to do', () => {
    const shown = facts('shop/orders', { rules: [{ require: { authentication: { acr: ['phr'] } } }] });
    expect(shown.conditions).toMatchObject({ Ready: 'False Rejected', Programmed: 'False Rejected' });
    expect(shown.messages.Programmed).toMatch(
      /shop\/o-1: it is of a version that does not know require\.authentication, and refuses what comes by this binding; restart/,
    );
  });

  it('do not judge the Trial, whose status says what to do', () => {
    const shown = facts('shop/next');
    expect(shown.conditions).toMatchObject({ Ready: 'False Rejected', Programmed: 'False Rejected' });
    expect(shown.messages.Programmed).toMatch(/shop\/o-1: it is of a version that knows no Trials; restart/);
  });
});
