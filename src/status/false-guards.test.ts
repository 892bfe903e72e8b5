/** A binding's status where others decide what runs in the sidecars of its pods. */

import { describe, expect, it } from 'vitest';
import { facts, podFact, shownBinding } from './testing/status.ts';

describe('pods', () => {
  it('count sidecars in which others decide as no guard, whether webhooks look there or not', () => {
    const forged = 'container portcullis-validator: env NODE_OPTIONS';
    for (const injectionEnabled of [true, false]) {
      const shown = shownBinding(facts({ pods: [podFact('a', { forged }), podFact('b')], injectionEnabled }));
      expect(shown.status).toMatchObject({ podsUnguarded: 1, podsOutdated: 0 });
      expect(shown.conditions).toMatchObject({
        Ready: 'False PodsUnguarded',
        Guarded: 'False PodsUnguarded',
      });
      expect(shown.messages.Guarded).toBe(
        `Pod shop/a (${forged}) has a validator, but not as injection makes it: others decide what runs there; take what is named out of their template, or have the webhook that adds it leave out the sidecars; then run: kubectl -n shop rollout restart deployment/orders`,
      );
    }
  });

  it('that are being restarted are said to be', () => {
    const restarts = ['Deployment shop/orders is being restarted (rollout: Automatic)'];
    const shown = shownBinding(facts({ pods: [podFact('a', { forged: 'x' })], restarts }));
    expect(shown.messages.Guarded).toMatch(
      /leave out the sidecars; Deployment shop\/orders is being restarted/,
    );
  });

  it('take a false guard behind a gateway for none: what goes around the gateway meets nothing', () => {
    const gatewayValidators = [podFact('gateway')];
    const pods = [podFact('a', { forged: 'container portcullis-envoy: command' })];
    const shown = shownBinding(facts({ pods, gatewayValidators }));
    expect(shown.conditions.Guarded).toBe('False BypassPossible');
    const closed = pods.map((pod) => ({ ...pod, portsClosed: true }));
    expect(shownBinding(facts({ pods: closed, gatewayValidators })).conditions.Guarded).toBe('True Guarded');
  });
});

describe('pods whose sidecars another version may have made, or somebody else', () => {
  const unproven = 'container portcullis-validator: image evil.example/portcullis:1.2.3';

  it('are outdated, and not known to be guarded', () => {
    const pods = [podFact('a', { unproven, outdated: true }), podFact('b')];
    const shown = shownBinding(facts({ pods, injectionEnabled: false }));
    expect(shown.status).toMatchObject({ podsUnguarded: 0, podsOutdated: 1 });
    expect(shown.conditions).toMatchObject({ Ready: 'False PodsOutdated', Guarded: 'False PodsOutdated' });
    expect(shown.messages.Guarded).toBe(
      `Pod shop/a (${unproven}) has sidecars that the control plane would make otherwise by now, and no webhook looks at pods of their namespace: whether an older version has made them, or somebody else, cannot be told; apply their workload anew, made by portcullis inject of the control plane's version, with its images and its address; or run: kubectl label --overwrite namespace shop portcullis.dev/injection=enabled; then run: kubectl -n shop rollout restart deployment/orders`,
    );
  });

  it('are not said before what is open', () => {
    const pods = [podFact('a', { unproven }), podFact('b', { uncaptured: [9090] })];
    expect(shownBinding(facts({ pods })).conditions.Guarded).toBe('False PortsUncaptured');
  });

  it('are none behind a gateway that can be gone around', () => {
    const gatewayValidators = [podFact('gateway')];
    const pods = [podFact('a', { unproven })];
    expect(shownBinding(facts({ pods, gatewayValidators })).conditions.Guarded).toBe('False BypassPossible');
    const closed = [podFact('a', { unproven, portsClosed: true })];
    expect(shownBinding(facts({ pods: closed, gatewayValidators })).conditions.Guarded).toBe('True Guarded');
  });
});
