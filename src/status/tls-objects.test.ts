import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { readPod } from '../cluster/pod.ts';
import { createSharing } from '../cluster/sharing.ts';
import { raw } from '../cluster/testing/objects.ts';
import { podFacts } from './pod-facts.ts';
import { facts, podFact, shownBinding } from './testing/status.ts';
import type { Unmounted } from './unmounted.ts';

describe('a port that TLS is spoken at', () => {
  const tlsObjects = ['Secret shop/api (tls.crt, tls.key)', 'ConfigMap shop/ca (ca.crt)'];
  const waiting = podFact('a', { ready: false, started: false });
  const programmed = (overrides: Parameters<typeof facts>[0]) =>
    shownBinding(facts(overrides)).messages.Programmed;

  it('has its Secret and ConfigMap named as long as a pod waits for something', () => {
    expect(programmed({ tlsObjects, pods: [waiting] })).toBe(
      "0 of 1 pod of Service shop/orders is ready; see why with kubectl describe, and in the log of portcullis-validator. Pod shop/a has not started; none does without ConfigMap shop/ca (ca.crt), Secret shop/api (tls.crt, tls.key), which spec.ports names: see which is there, and the pod's Events.",
    );
    expect(programmed({ tlsObjects, pods: [podFact('b'), waiting] })).toContain('Pod shop/a has not started');
  });

  it('is told of as the kubelet says what is missing', () => {
    const missing = ['Secret shop/api, which has no key tls.key'];
    expect(programmed({ tlsObjects, pods: [{ ...waiting, missing }] })).toBe(
      '0 of 1 pod of Service shop/orders is ready; see why with kubectl describe, and in the log of portcullis-validator. Pod shop/a waits for Secret shop/api, which has no key tls.key. Create what is missing: pods that wait for it go on by themselves.',
    );
    const other = podFact('b', {
      ...waiting,
      id: 'shop/b',
      missing: [...missing, 'ConfigMap shop/ca, which is not there'],
    });
    // Also where the binding names something else by now.
    expect(programmed({ pods: [{ ...waiting, missing }, other] })).toContain(
      'Pods shop/a, shop/b wait for Secret shop/api, which has no key tls.key; and for ConfigMap shop/ca, which is not there.',
    );
    expect(programmed({ tlsObjects, pods: [podFact('a', { missing })] })).not.toContain('waits');
  });

  it('says nothing of them where every pod has started, or none is named', () => {
    expect(programmed({ tlsObjects, pods: [podFact('a')] })).not.toContain('Secret');
    expect(programmed({ pods: [waiting] })).not.toContain('started');
  });
});

describe('a pod that its kubelet has said something of', () => {
  const tls = { secretName: 'api', ca: { configMap: 'ca', key: 'ca.crt' } };
  const listeners = [{ port: 8080, listener: 15906, protocol: 'HTTPS', tls }];
  const settings = { name: 'PORTCULLIS_ENVOY_SETTINGS', value: JSON.stringify({ listeners }) };
  const unmounted: Unmounted = {
    objects: { Secret: ['api'], ConfigMap: [] },
    keys: { Secret: [], ConfigMap: ['ca.crt'] },
  };
  const missingOf = (status: JsonObject) => {
    const spec = {
      nodeName: 'node',
      initContainers: [{ name: 'portcullis-validator', restartPolicy: 'Always', env: [settings] }],
      containers: [{ name: 'web' }],
    };
    const pod = readPod(raw('shop/a', { spec, status }), createSharing());
    if (pod === undefined) throw new Error('no pod');
    return podFacts(pod, {
      nodeReady: true,
      injecting: true,
      namespaceMarks: {},
      binding: 'shop/orders',
      guards: [],
      servicePorts: () => [],
      unjudgedServicePorts: () => [],
      networkPolicies: () => [],
      version: '1.0.0',
      expected: undefined,
      report: undefined,
      unmounted,
    })?.missing;
  };
  const creating = { name: 'web', state: { waiting: { reason: 'PodInitializing' } } };
  const initializing = { name: 'portcullis-validator', state: { waiting: { reason: 'PodInitializing' } } };
  const waiting = { containerStatuses: [creating], initContainerStatuses: [initializing] };

  it('lacks what that says, of what it mounts', () => {
    expect(missingOf(waiting)).toEqual([
      'ConfigMap shop/ca, which has no key ca.crt',
      'Secret shop/api, which is not there',
    ]);
  });

  it.each<[string, JsonObject]>([
    ['a sandbox', { conditions: [{ type: 'PodReadyToStartContainers', status: 'True' }] }],
    [
      'a container that runs',
      { initContainerStatuses: [{ name: 'portcullis-validator', state: { running: {} } }] },
    ],
    [
      'one that has ended',
      { initContainerStatuses: [{ name: 'portcullis-capture', state: { terminated: {} } }] },
    ],
  ])('lacks nothing once it has %s', (_, status) => {
    expect(missingOf({ ...waiting, ...status })).toEqual([]);
  });
});
