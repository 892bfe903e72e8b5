/** Sidecars that somebody brings along, or changes later: what runs in them is decided by nobody who writes pods. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { objectAt, objectsAt } from '../../src/base/members.ts';
import { binding, pod, service } from '../operator/objects.ts';
import { startOtherWebhook } from './other-webhook.ts';
import { type PodWorld, podWith, startPodWorld } from './webhook-world.ts';

const ORDERS = { labels: { app: 'orders' } };

let world: PodWorld;

beforeAll(async () => {
  world = await startPodWorld([['shop'], ['mirrored']]);
  await world.apply(service('shop/orders'), binding('shop/orders'));
  await world.apply(service('mirrored/orders'), binding('mirrored/orders'));
});
afterAll(() => world?.stop());

const starting = (pod: JsonObject) => objectsAt(objectAt(pod.spec).initContainers);
const images = (pod: JsonObject) => starting(pod).map(({ image }) => image);

it.each([
  ['that is targeted', { app: 'orders' }],
  // A binding to come may target it, and would count what it finds as a guard.
  ['that nothing targets yet', { app: 'later' }],
])(
  'a pod %s, and comes with sidecars of other images, gets those of the control plane',
  async (_, labels) => {
    const made = await world.create(podWith('shop/forged', ORDERS), '--dry-run=server');
    const { name, namespace, labels: marks, annotations } = objectAt(made.metadata);
    const forged = await world.create(
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: name ?? '',
          namespace: namespace ?? '',
          annotations: annotations ?? {},
          labels: { ...objectAt(marks), ...labels },
        },
        spec: {
          ...objectAt(made.spec),
          initContainers: starting(made).map((one) => ({ ...one, image: 'forged' })),
        },
      },
      '--dry-run=server',
    );
    expect(images(forged)).toEqual(images(made));
  },
);

it('images of sidecars that run stay, and those of the app may change', async () => {
  await world.create(podWith('shop/running', ORDERS));
  const set = (change: string) => world.server.kubectl(['-n', 'shop', 'set', 'image', 'pod/running', change]);
  const refused = await set('portcullis-validator=forged');
  expect(refused.stderr).toContain('(SidecarsChanged)');
  expect((await set('app=newer')).code).toBe(0);
  // A pod with this label is nobody's business; it does not come back as one of which that is known.
  const label = (change: string) => world.server.kubectl(['-n', 'shop', 'label', 'pod/running', change]);
  expect((await label('portcullis.dev/inject=false')).code).toBe(0);
  expect((await set('portcullis-validator=forged')).code).toBe(0);
  expect((await label('portcullis.dev/inject-')).stderr).toContain('(SidecarsChanged)');
});

it('another webhook that comes later may name a mirror', async () => {
  const mirror = await startOtherWebhook('mirrored', (pod) =>
    starting(pod).flatMap(({ image }, index) =>
      String(image).startsWith('mirror/')
        ? []
        : [{ op: 'replace', path: `/spec/initContainers/${index}/image`, value: `mirror/${String(image)}` }],
    ),
  );
  try {
    await world.apply(mirror.configuration);
    // The API server goes by it a moment later.
    for (;;) {
      const made = await world.create(podWith('mirrored/any', ORDERS), '--dry-run=server');
      if (!String(images(made)[0]).startsWith('mirror/')) continue;
      expect(images(made).filter((image) => !String(image).startsWith('mirror/'))).toEqual([]);
      break;
    }
  } finally {
    await mirror.stop();
  }
});

const refusal = (made: Promise<unknown>): Promise<string> =>
  made.then(
    () => 'let in',
    (error: Error) => error.message,
  );
const LABEL = 'portcullis.dev/inject';

describe('without the control plane', () => {
  const label = (name: string, ...args: readonly string[]) =>
    world.kubectl('label', 'pod', name, '-n', 'shop', '--overwrite', ...args);

  beforeAll(async () => {
    await world.create(podWith('shop/primary', { labels: { app: 'orders' } }));
    await world.create(podWith('shop/returning', { labels: { app: 'orders' } }));
    await label('returning', `${LABEL}=false`);
    await world.create(pod('shop/bare'));
    // What is called like a sidecar, and ends, is none.
    const posing = { name: 'portcullis-validator', image: 'app' };
    await world.create(
      podWith('shop/posing', { labels: { [LABEL]: 'false' }, spec: { initContainers: [posing] } }),
    );
    await world.operator.stop();
  });

  it('pods with sidecars can be given other labels', async () => {
    await label('primary', 'app=replica', 'role=replica');
    await label('primary', 'app=orders', 'role=primary');
    await label('primary', `${LABEL}=true`);
    await label('primary', `${LABEL}-`);
  });

  it('pods without, and those of which it is not known, cannot', async () => {
    for (const [name, change] of [
      ['bare', 'app=orders'],
      ['bare', 'tier=web'],
      ['returning', `${LABEL}-`],
      ['returning', `${LABEL}=true`],
      ['posing', `${LABEL}-`],
    ] as const) {
      expect(await refusal(label(name, change)), name).toContain('failed calling webhook');
    }
  });

  it('images of sidecars stay, whether labels change with them or not', async () => {
    const patch = (change: object) =>
      world.kubectl('patch', 'pod', 'primary', '-n', 'shop', '--patch', JSON.stringify(change));
    const spec = { initContainers: [{ name: 'portcullis-envoy', image: 'forged' }] };
    expect(await refusal(patch({ spec }))).toContain('failed calling webhook');
    expect(await refusal(patch({ metadata: { labels: { role: 'x' } }, spec }))).toContain(
      'failed calling webhook',
    );
  });
});
