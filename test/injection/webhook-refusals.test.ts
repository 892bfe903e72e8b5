/** Pods that are refused at admission, each with words that help; and pods that others change after injection. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { objectAt, objectsAt } from '../../src/base/members.ts';
import { REFUSALS, type RefusalReason } from '../../src/injection/refusals.ts';
import { binding, service } from '../operator/objects.ts';
import { type OtherWebhook, startOtherWebhook } from './other-webhook.ts';
import { BASELINE, REFUSED_PODS } from './refused-pods.ts';
import { type PodWorld, podWith, sidecarsOf, startPodWorld } from './webhook-world.ts';

let world: PodWorld;
let other: OtherWebhook;

beforeAll(async () => {
  world = await startPodWorld([
    ['shop'],
    ['others'],
    [BASELINE, { 'pod-security.kubernetes.io/enforce': 'baseline' }],
  ]);
  const any = { matchLabels: { app: 'any' } };
  await world.apply(
    ...['shop', 'others', BASELINE].map((space) => binding(`${space}/orders`)),
    ...['shop', 'others', BASELINE].map((space) => service(`${space}/orders`)),
    binding('shop/numbered'),
    service('shop/numbered', [{ port: 80, targetPort: 8080 }]),
    binding('shop/any', { podSelector: any }),
  );
  other = await startOtherWebhook('others', changesOf);
  await world.apply(other.configuration);
});
afterAll(async () => {
  await world?.stop();
  await other?.stop();
});

describe('a pod that cannot be guarded is refused', () => {
  it.each(Object.entries(REFUSED_PODS))('%s', async (reason, { namespace = 'shop', labels, ...rest }) => {
    const id = `${namespace}/${reason.toLowerCase()}`;
    const made = world.create(podWith(id, { labels: { app: 'orders', ...labels }, ...rest }));
    const { sentence, remedy } = REFUSALS[reason as RefusalReason];
    const error = await made.then(
      () => 'let in',
      (problem: Error) => problem.message,
    );
    expect(error).toContain(`Pod ${id} is refused: `);
    expect(error).toContain(sentence);
    expect(error).toContain(`${remedy} (${reason})`);
  });
});

/** What the other webhook does to a pod stands in an annotation of it. */
const TASK = 'other.example.com/task';

function changesOf(pod: JsonObject): readonly JsonObject[] {
  const { containers, initContainers } = objectAt(pod.spec);
  switch (objectAt(objectAt(pod.metadata).annotations)[TASK]) {
    case 'probe': {
      if (objectsAt(containers).some(({ name }) => name === 'added')) return [];
      const livenessProbe = { tcpSocket: { port: 8080 } };
      return [{ op: 'add', path: '/spec/containers/-', value: { name: 'added', image: 'x', livenessProbe } }];
    }
    case 'remove': {
      const index = objectsAt(initContainers).findIndex(({ name }) => name === 'portcullis-envoy');
      return index < 0 ? [] : [{ op: 'remove', path: `/spec/initContainers/${index}` }];
    }
    case 'mesh': {
      if (objectsAt(initContainers).some(({ name }) => name === 'kuma-sidecar')) return [];
      const proxy = { name: 'kuma-sidecar', image: 'kuma-dp', restartPolicy: 'Always' };
      return [{ op: 'add', path: '/spec/initContainers/-', value: proxy }];
    }
    default:
      return [];
  }
}

describe('a copy that the real kubectl makes for debugging', () => {
  const NAMED = { 'portcullis.dev/capture': 'NamedPort' };
  const debug = async (space: string, pod: string, copy: string, ...flags: readonly string[]) => {
    // Of its other profiles the debugging container has a capability that baseline forbids.
    const profile = space === BASELINE ? ['--profile=baseline'] : [];
    const line = ['debug', pod, '-n', space, '--image=busybox', `--copy-to=${copy}`, ...profile, ...flags];
    const { code, stderr } = await world.server.kubectl(line);
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(await world.kubectl('get', 'pod', copy, '-n', space, '-o', 'json')) as JsonObject;
  };
  const withoutProbes = (pod: JsonObject) =>
    objectsAt(objectAt(pod.spec).initContainers).map(
      ({ env: _, volumeMounts: __, ...container }) => container,
    );

  beforeAll(async () => {
    const labels = { app: 'orders' };
    await world.create(podWith('shop/running', { labels }));
    await world.create(podWith(`${BASELINE}/running`, { labels, annotations: NAMED }));
  });

  it.each(['shop', BASELINE])('keeps its sidecars where processes are not shared, in %s', async (space) => {
    const copy = await debug(space, 'running', 'copied', '--share-processes=false');
    const { stdout } = await world.server.kubectl(['get', 'pod', 'running', '-n', space, '-o', 'json']);
    expect(sidecarsOf(copy).length).toBeGreaterThan(1);
    expect(withoutProbes(copy)).toEqual(withoutProbes(JSON.parse(stdout) as JsonObject));
    expect(Object.keys(objectAt(objectAt(copy.metadata).labels))).toEqual(['portcullis.dev/injected']);
  });

  it('keeps its labels where it is asked to, or where images alone are to be others', async () => {
    const apart = '--share-processes=false';
    const copies = [
      await debug(BASELINE, 'running', 'labelled', apart, '--keep-labels'),
      await debug('shop', 'running', 'changed', '--set-image=app=app:2', '--image='),
    ];
    for (const copy of copies) {
      expect(objectAt(objectAt(copy.metadata).labels)).toMatchObject({ app: 'orders' });
      expect(sidecarsOf(copy).length).toBeGreaterThan(1);
    }
  });

  it('is refused with the flag that helps where it shares processes, which is the default', async () => {
    await expect(debug('shop', 'running', 'shared')).rejects.toThrow(
      /shares processes .* --share-processes=false \(ProcessesShared\)/,
    );
  });

  it('is not needed: a container that is added to the pod itself is not asked about', async () => {
    const line = ['debug', 'running', '-n', 'shop', '--image=busybox', '--target=app'];
    expect(await world.server.kubectl(line)).toMatchObject({ code: 0 });
  });
});

describe('a webhook that is called later', () => {
  const asked = (name: string, task: string) =>
    world.create(podWith(`others/${name}`, { labels: { app: 'orders' }, annotations: { [TASK]: task } }));

  it('may add a container, whose probes are rewritten then', async () => {
    // The API server goes by its configuration a moment after that was applied.
    const made = async () => objectsAt(objectAt((await asked('probed', 'probe')).spec).containers);
    let containers = await made();
    while (containers.length < 2) {
      await world.removePod('others/probed');
      containers = await made();
    }
    expect(containers[1]?.livenessProbe).toMatchObject({ httpGet: { port: 15_904 } });
  });

  it('cannot take away a sidecar', async () => {
    const error = await asked('bare', 'remove').catch((problem: Error) => problem.message);
    expect(error).toContain('admission webhook "guarded.portcullis.dev" denied the request');
    expect(error).toContain(
      'Pod others/bare is refused: ApiBinding others/orders targets it, and it is not as',
    );
    expect(error).toContain('(SidecarsChanged)');
  });

  it('cannot bring the proxy of a mesh', async () => {
    const error = await asked('meshed', 'mesh').catch((problem: Error) => problem.message);
    expect(error).toContain('Kuma, Kong Mesh (container kuma-sidecar)');
    expect(error).toContain('(MeshSidecar)');
  });

  it('that changes nothing is in nobody’s way', async () => {
    expect(sidecarsOf(await asked('plain', 'nothing'))).toHaveLength(3);
  });
});
