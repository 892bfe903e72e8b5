/** Pods that are refused at admission, each with words that help; and pods that others change after injection. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REFUSALS, type RefusalReason } from '../../src/injection/refusals.ts';
import type { JsonObject } from '../../src/matching/json.ts';
import { objectAt, objectsAt } from '../../src/matching/members.ts';
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
