/** What others say by Events: why pods of a workload of any kind are refused, and what a pod waits for. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { VERSION } from '../../src/telemetry/version.ts';
import { messageOf } from './board.ts';
import { startWorld, type World } from './harness.ts';
import {
  binding,
  ENABLED,
  namespace,
  pod as podOf,
  service,
  source,
  withSidecars,
  workload,
} from './objects.ts';

const WORDS = 'pods "x" is forbidden: exceeded quota: small, requested: limits.memory=256Mi';
const GROUPS = {
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  ReplicaSet: 'apps/v1',
  Job: 'batch/v1',
  ReplicationController: 'v1',
} as const;
type Kind = keyof typeof GROUPS;

const pod = (app: string): JsonObject => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'app', image: 'app', ports: [{ name: 'http', containerPort: 8080 }] }] },
});

/** With one pod that it wants. */
function made(kind: Kind, app: string): JsonObject {
  const [metadata, template] = [{ namespace: 'shop', name: app }, pod(app)];
  const object = { apiVersion: GROUPS[kind], kind, metadata };
  switch (kind) {
    case 'StatefulSet':
    case 'DaemonSet':
      return workload(kind, `shop/${app}`);
    case 'ReplicaSet':
      return { ...object, spec: { selector: { matchLabels: { app } }, template } };
    case 'ReplicationController':
      return { ...object, spec: { selector: { app }, template } };
    case 'Job':
      return {
        ...object,
        spec: {
          template: { ...template, spec: { ...(template.spec as JsonObject), restartPolicy: 'Never' } },
        },
      };
  }
}

/** How its controller counts one pod that is missing, or there. */
function counted(kind: Kind, present: number): JsonObject {
  switch (kind) {
    case 'StatefulSet':
      return { replicas: present };
    case 'DaemonSet':
      return {
        desiredNumberScheduled: 1,
        currentNumberScheduled: present,
        numberMisscheduled: 0,
        numberReady: 0,
      };
    case 'ReplicaSet':
    case 'ReplicationController': {
      const failing = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: WORDS };
      return { replicas: present, conditions: present === 0 ? [failing] : [] };
    }
    case 'Job':
      return present === 0 ? {} : { active: present, startTime: '2026-01-01T00:00:00Z' };
  }
}

describe.each([
  ['the whole cluster', undefined],
  ['some namespaces', ['shop']],
])('an operator that watches %s', (_, watched) => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld({ namespaces: [namespace('shop', ENABLED)], ...(watched && { watched }) });
    await world.apply(source('shop/keys'));
    await world.start(...(watched === undefined ? [] : ['--watch-namespaces', watched.join(',')]));
  });
  afterAll(() => world?.stop());

  const count = (kind: Kind, app: string, present: number) =>
    world.kubectl(
      ...['patch', kind.toLowerCase(), app, '-n', 'shop', '--subresource=status', '--type=merge', '-p'],
      JSON.stringify({ status: counted(kind, present) }),
    );

  /** As the recorders of kube-controller-manager and kubelets write it. */
  const say = async (kind: Kind | 'Pod', app: string, note: string, reason = 'FailedCreate') => {
    const uid = await world.kubectl(
      'get',
      kind.toLowerCase(),
      app,
      '-n',
      'shop',
      '-o',
      'jsonpath={.metadata.uid}',
    );
    const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    await world.apply({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace: 'shop', name: `${app}.1` },
      involvedObject: {
        apiVersion: kind === 'Pod' ? 'v1' : GROUPS[kind],
        kind,
        namespace: 'shop',
        name: app,
        uid,
      },
      type: 'Warning',
      reason,
      message: note,
      source: { component: 'controller' },
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
    });
  };

  // Kinds that are read again every 30 s wait for that together.
  it.concurrent.each<[Kind, string]>([
    ['StatefulSet', `create Pod set-0 in StatefulSet set failed error: ${WORDS}`],
    ['DaemonSet', `Error creating: ${WORDS}`],
    ['ReplicaSet', `Error creating: ${WORDS}`],
    ['ReplicationController', `Error creating: ${WORDS}`],
    ['Job', `Error creating: ${WORDS}`],
  ])('says of a %s why its pods are refused, as long as that lasts', async (kind, note) => {
    const app = kind.toLowerCase();
    await world.apply(made(kind, app), service(`shop/${app}`), binding(`shop/${app}`));
    await count(kind, app, 0);
    await world.board.shows('ApiBinding', `shop/${app}`, { Ready: 'True Ready', Guarded: 'True NoPods' });
    await say(kind, app, note);
    const object = await world.board.shows('ApiBinding', `shop/${app}`, {
      Ready: 'False PodsRefused',
      Guarded: 'False PodsRefused',
    });
    expect(messageOf(object)).toBe(`The API server refuses pods of ${kind} shop/${app}: ${WORDS}`);
    await count(kind, app, 1);
    await world.board.shows('ApiBinding', `shop/${app}`, { Ready: 'True Ready', Guarded: 'True NoPods' });
  });

  it.concurrent('says which Secret a pod waits for, as its kubelet does', async ({ expect }) => {
    const ports = [{ port: 8080, protocol: 'HTTP', tls: { secretName: 'api' } }];
    const waiting = { name: 'app', ready: false, restartCount: 0, image: 'app', imageID: '' };
    const status = { containerStatuses: [{ ...waiting, state: { waiting: { reason: 'PodInitializing' } } }] };
    await world.apply(service('shop/tls'), binding('shop/tls', { ports }));
    await world.apply(withSidecars(podOf('shop/tls'), VERSION, '8080', { secretName: 'api' }));
    await world.kubectl(
      ...['patch', 'pod', 'tls', '-n', 'shop', '--subresource=status', '--type=merge', '-p'],
      JSON.stringify({ status }),
    );
    const programmed = () =>
      world.kubectl(
        ...['get', 'apibinding', 'tls', '-n', 'shop', '-o'],
        'jsonpath={.status.conditions[?(@.type=="Programmed")].message}',
      );
    await expect.poll(programmed, { timeout: 30_000 }).toContain('none does without Secret shop/api');
    const note = 'MountVolume.SetUp failed for volume "portcullis-tls" : secret "api" not found';
    await say('Pod', 'tls', note, 'FailedMount');
    await expect
      .poll(programmed, { timeout: 30_000 })
      .toContain('Pod shop/tls waits for Secret shop/api, which is not there.');
  });
});
