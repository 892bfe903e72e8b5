import { describe, expect, it } from 'vitest';
import type { BindingAcceptance } from '../planning/outcome.ts';
import { bindingStatus } from './binding-status.ts';
import type { PodFacts } from './pod-facts.ts';
import { BROKEN, facts, podFact, type Shown, shownBinding } from './testing/status.ts';

const condition = (shown: Shown, type: string) => shown.conditions[type];

describe('a binding whose every pod holds the version', () => {
  it('is ready', () => {
    const shown = shownBinding(facts({ pods: [podFact('a'), podFact('b')] }));
    expect(shown.conditions).toEqual({
      Ready: 'True Ready',
      Accepted: 'True Accepted',
      SourcesResolved: 'True SourcesResolved',
      Guarded: 'True Guarded',
      Programmed: 'True Programmed',
    });
    expect(shown.status).toMatchObject({
      observedGeneration: 3,
      sourceCount: 1,
      validators: { current: 2, total: 2, summary: '2/2' },
      podsUnguarded: 0,
      podsOutdated: 0,
    });
  });
});

it('says what it would have denied, where that is counted', () => {
  const trial = { wouldDeny: 3, since: '2027-01-15T08:00:00Z' };
  expect(shownBinding(facts({ mode: 'Audit', trial })).status.trial).toEqual(trial);
  expect(shownBinding(facts()).status).not.toHaveProperty('trial');
});

describe('Ready is not True', () => {
  const conflicted: BindingAcceptance = {
    kind: 'refused',
    reason: 'Conflicted',
    message: 'spec.hosts: the older binding shop/a guards it; give each its own',
    stalled: true,
  };

  it.each([
    ['Accepted', 'Conflicted', { outcome: { acceptance: conflicted, sources: [], sourcesNotPermitted: [] } }],
    [
      'SourcesResolved',
      'SourceNotPermitted',
      { outcome: { ...facts().outcome, sourcesNotPermitted: ['x/y'] } },
    ],
    ['SourcesResolved', 'SourceNotReady', { sourcesNotReady: [{ id: 'shop/okta', reason: 'UnknownHost' }] }],
    ['Guarded', 'PodsUnguarded', { pods: [podFact('a'), podFact('b', { validator: false })] }],
    ['Guarded', 'PodsUnguarded', { pods: [podFact('a', { validator: false, ready: false })] }],
    ['Guarded', 'InjectionDisabled', { injectionEnabled: false, pods: [podFact('b', { validator: false })] }],
    ['Guarded', 'InjectionDisabled', { injectionEnabled: false, pods: [] }],
    ['Guarded', 'BypassPossible', { pods: [podFact('a', { capture: 'NamedPort' as const })] }],
    ['Guarded', 'PodsRefused', { refused: ['Deployment shop/orders: no'], pods: [] }],
    ['Guarded', 'PodsRefused', { refused: ['Deployment shop/orders: no'] }],
    ['Guarded', 'PodsUnguarded', { refused: ['x'], pods: [podFact('a', { validator: false })] }],
    ['Programmed', 'NoReadyPods', { pods: [podFact('a', { ready: false })] }],
    ['Programmed', 'Pending', { pods: [podFact('a'), podFact('b', { acknowledged: 'v1' })] }],
    ['Programmed', 'Pending', { pods: [podFact('b', { acknowledged: undefined })] }],
    ['Programmed', 'Pending', { pods: [podFact('b', { acknowledged: undefined, expected: undefined })] }],
    ['Programmed', 'Rejected', { pods: [podFact('a', { rejected: { version: 'v2', reason: 'format 2' } })] }],
  ])('while %s is False, for %s', (type, reason, overrides) => {
    const shown = shownBinding(facts(overrides));
    expect(condition(shown, type)).toBe(`False ${reason}`);
    expect(condition(shown, 'Ready')).toBe(`False ${reason}`);
  });

  it('and Stalled is there only where nothing gets better by itself', () => {
    const refused = (acceptance: BindingAcceptance) =>
      shownBinding(facts({ outcome: { acceptance, sources: [], sourcesNotPermitted: [] } }));
    expect(condition(refused(conflicted), 'Stalled')).toBe('True Refused');
    const early = refused({ kind: 'refused', reason: 'TargetNotFound', message: 'no', stalled: false });
    expect(condition(early, 'Stalled')).toBeUndefined();
  });

  it('and Accepted is told before all else', () => {
    const outcome = { acceptance: conflicted, sources: [], sourcesNotPermitted: ['x/y'] };
    const shown = shownBinding(facts({ outcome, pods: [podFact('a', { validator: false })] }));
    expect(condition(shown, 'Ready')).toBe('False Conflicted');
  });
});

describe('totals', () => {
  it('count ready pods on ready nodes, guarded or not', () => {
    const pods = [podFact('a'), podFact('b', { ready: false }), podFact('c', { validator: false })];
    const { status } = shownBinding(facts({ pods }));
    expect(status.validators).toEqual({ current: 1, total: 2, summary: '1/2' });
    expect(status.podsUnguarded).toBe(1);
  });

  it('do not count a version that was rejected as held', () => {
    const pods = [podFact('a', { rejected: { version: 'v2', reason: 'no' } })];
    expect(shownBinding(facts({ pods })).status.validators?.current).toBe(0);
    const older = [podFact('a', { rejected: { version: 'v1', reason: 'no' } })];
    expect(shownBinding(facts({ pods: older })).status.validators?.current).toBe(1);
  });

  it('do not make a pod that starts unready', () => {
    const shown = shownBinding(
      facts({ pods: [podFact('a'), podFact('b', { ready: false, acknowledged: undefined })] }),
    );
    expect(condition(shown, 'Ready')).toBe('True Ready');
  });

  it('count outdated sidecars, which guard all the same', () => {
    const shown = shownBinding(facts({ pods: [podFact('a', { outdated: true })] }));
    expect(shown.status.podsOutdated).toBe(1);
    expect(condition(shown, 'Ready')).toBe('True Ready');
  });
});

describe('without pods', () => {
  it('nothing is to be guarded, and nothing missing', () => {
    const shown = shownBinding(facts({ pods: [] }));
    expect([condition(shown, 'Guarded'), condition(shown, 'Programmed'), condition(shown, 'Ready')]).toEqual([
      'True NoPods',
      'True NoPods',
      'True Ready',
    ]);
  });
});

describe('behind a gateway with validators', () => {
  const behind = { pods: [podFact('a', { validator: false })], gatewayValidators: [podFact('g')] };

  it('a pod can be reached past them, unless a NetworkPolicy closes it', () => {
    expect(condition(shownBinding(facts(behind)), 'Ready')).toBe('False BypassPossible');
    const closed = { ...behind, pods: [podFact('a', { validator: false, portsClosed: true })] };
    const shown = shownBinding(facts(closed));
    expect(condition(shown, 'Ready')).toBe('True Ready');
    expect(shown.status.validators?.summary).toBe('1/1');
  });
});

describe('messages', () => {
  it('tell the command that enables injection, also where the label says something else', () => {
    const pods = [podFact('a', { validator: false })];
    const { messages } = shownBinding(facts({ injectionEnabled: false, pods }));
    expect(messages.Guarded).toContain(
      'kubectl label --overwrite namespace shop portcullis.dev/injection=enabled',
    );
  });

  it('name the pods and the next command', () => {
    const pods = ['a', 'b'].map((name) => podFact(name, { validator: false }));
    const { messages } = shownBinding(facts({ pods }));
    expect(messages.Ready).toBe(
      '2 of 2 pods have no validator: Pods shop/a, shop/b; restart their workload: kubectl -n shop rollout restart deployment/orders',
    );
  });

  it('count pods that are not ready', () => {
    const shown = (...ids: readonly string[]) =>
      shownBinding(facts({ pods: ids.map((id) => podFact(id, { ready: false })) })).messages.Programmed;
    expect(shown('a')).toMatch(/^0 of 1 pod of .* is ready; see why/);
    expect(shown('a', 'b')).toMatch(/^0 of 2 pods of .* are ready; see why/);
  });

  it('say why a pod can have none', () => {
    const refusal = 'it uses the network of its node (hostNetwork)';
    const { messages } = shownBinding(facts({ pods: [podFact('a', { validator: false, refusal })] }));
    expect(messages.Guarded).toContain(`shop/a: ${refusal}`);
    expect(messages.Guarded).not.toContain('kubectl');
  });

  it('say that other sources keep working only where there are some', () => {
    const message = (sources: readonly string[]) =>
      shownBinding(
        facts({
          outcome: { ...facts().outcome, sources },
          sourcesNotReady: [{ id: 'shop/okta', reason: 'UnknownHost' }],
        }),
      ).messages.SourcesResolved;
    expect(message(['shop/okta', 'shop/b'])).toBe(
      'AuthenticationSource shop/okta (UnknownHost): not ready; see its status. The other sources keep working.',
    );
    expect(message(['shop/okta'])).toBe(
      'AuthenticationSource shop/okta (UnknownHost): not ready; see its status. No other source is left: requests that need a token are refused.',
    );
  });

  it('say that nothing asks the validator with capture None, unless something may', () => {
    const shown = (overrides: Partial<PodFacts>) =>
      shownBinding(facts({ pods: [podFact('a', { capture: 'None', ...overrides })] }));
    const bare = shown({});
    expect(bare.conditions.Guarded).toBe('False BypassPossible');
    expect(bare.messages.Guarded).toContain(
      'Pod shop/a has capture None, and no Envoy that could ask its validator',
    );
    for (const some of [{ ownEnvoy: true }, { portsClosed: true }]) {
      expect(shown(some).conditions.Guarded).toBe('True Guarded');
      expect(shown(some).messages.Guarded).toContain('(capture None)');
    }
  });

  it('say what else of a pod is open, and that a binding only watches', () => {
    const { messages } = shownBinding(
      facts({ mode: 'Audit', pods: [podFact('a', { otherPorts: ['9090 (metrics)'] })] }),
    );
    expect(messages.Guarded).toContain('Other ports pass untouched: 9090 (metrics).');
    expect(messages.Ready).toContain('mode Audit');
  });

  it('stay short, and the same in whatever order pods come', () => {
    const pods = Array.from({ length: 2000 }, (_, i) => podFact(`p${i}`, { acknowledged: undefined }));
    const one = shownBinding(facts({ pods }));
    expect(one.messages.Ready?.length).toBeLessThan(300);
    expect(shownBinding(facts({ pods: pods.toReversed() }))).toEqual(one);
  });
});

describe('lastTransitionTime', () => {
  it('moves only when the status of that condition flips', () => {
    const first = bindingStatus(facts({ pods: [podFact('a')], now: 100 }));
    const second = bindingStatus(facts({ pods: [podFact('a', BROKEN)], before: first, now: 200 }));
    const third = bindingStatus(
      facts({ pods: [podFact('a', { validator: false })], before: second, now: 300 }),
    );
    const times = [first, second, third].map(({ conditions }) =>
      Object.fromEntries(
        (conditions ?? []).map(({ type, lastTransitionTime }) => [type, lastTransitionTime.slice(-6)]),
      ),
    );
    expect(times.map(({ Ready, Guarded, Accepted }) => [Ready, Guarded, Accepted])).toEqual([
      ['01:40Z', '01:40Z', '01:40Z'],
      ['03:20Z', '01:40Z', '01:40Z'],
      ['03:20Z', '05:00Z', '01:40Z'],
    ]);
  });

  it('does not move, and nothing does, when nothing changes', () => {
    const first = bindingStatus(facts({ now: 100 }));
    expect(bindingStatus(facts({ before: first, now: 900 }))).toEqual(first);
  });
});
