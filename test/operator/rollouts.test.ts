/** Rollout Automatic: the operator restarts workloads of a real API server, each once, and says what keeps it from that. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject } from '../../src/base/json.ts';
import { objectAt } from '../../src/base/members.ts';
import { good } from '../../src/kubernetes/testing/outcomes.ts';
import { RESOURCES } from '../../src/operator/resources.ts';
import { VERSION } from '../../src/telemetry/version.ts';
import { messageOf } from './board.ts';
import { startWorld, type World } from './harness.ts';
import { binding, ENABLED, namespace, pod, service, source, workload } from './objects.ts';
import { accountWith } from './rights.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld({ namespaces: [namespace('shop', ENABLED)] });
  const webhook = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'portcullis' },
    webhooks: [],
  };
  await world.apply(webhook, source('shop/keys'));
  await world.start();
});
afterAll(() => world?.stop());

const named = (id: string) => ({ namespace: 'shop', name: id.slice('shop/'.length) });

/** As its ReplicaSet would have made it. */
function podOf(id: string): JsonObject {
  const { name } = named(id);
  const made = pod(`${id}-abc-1`, { app: name });
  const metadata = objectAt(made.metadata);
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: `${name}-abc`,
    uid: 'u',
    controller: true,
  };
  return {
    ...made,
    metadata: {
      ...metadata,
      labels: { ...objectAt(metadata.labels), 'pod-template-hash': 'abc' },
      ownerReferences: [owner],
    },
  };
}

const deployment = async (id: string) => good(await world.admin.get(RESOURCES.Deployment, named(id)));
const annotationsOf = ({ spec }: JsonObject): JsonObject =>
  objectAt(objectAt(objectAt(objectAt(spec).template).metadata).annotations);

/** As its controller would tell of it when nothing is left to be done. */
async function settle(id: string): Promise<void> {
  const { generation } = (await deployment(id)).metadata;
  const counts = { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 };
  const draft = { metadata: named(id), status: { observedGeneration: Number(generation), ...counts } };
  good(await world.admin.apply(RESOURCES.Deployment, draft, { subresource: 'status' }));
}

const says = (id: string, words: string) =>
  world.board.until(`${id}: ${words}`, () => {
    const object = world.board.now('ApiBinding', id);
    return object !== undefined && messageOf(object, 'Guarded').includes(words) ? object : undefined;
  });

/** A Deployment with a pod that is older than its binding. */
async function older(id: string, change = (object: JsonObject): JsonObject => object): Promise<void> {
  await world.apply(service(id), change(workload('Deployment', id)), podOf(id));
  await settle(id);
  await world.apply(binding(id, { rollout: 'Automatic' }));
}

it('names the value that is missing where it may not', async () => {
  await older('shop/early');
  await says('shop/early', 'set the chart value rollout.enabled');
  await world.board.until('its event', () =>
    world.board.events('shop/early').includes('Warning NotRestarted') ? true : undefined,
  );
  await world.apply(...(await accountWith({ secretsIn: [], rollouts: true })));
  // A change of the workload is a reason to look again.
  await world.kubectl('annotate', 'deployment', 'early', '-n', 'shop', 'touched=1');
  await settle('shop/early');
  await says('shop/early', 'Deployment shop/early is being restarted (rollout: Automatic)');
  // Its place is another's, then.
  await settle('shop/early');
});

describe('a workload', () => {
  beforeAll(async () => world.apply(...(await accountWith({ secretsIn: [], rollouts: true }))));

  it('is restarted once, and never again for the same', async () => {
    await older('shop/a');
    await says('shop/a', 'Deployment shop/a is being restarted (rollout: Automatic)');
    const restarted = await deployment('shop/a');
    expect(annotationsOf(restarted)).toEqual({
      'kubectl.kubernetes.io/restartedAt': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      'portcullis.dev/restarted-for': `${VERSION} Redirect 8080`,
    });
    await world.board.until('its events', () =>
      world.board.events('shop/a').filter((event) => event === 'Normal Restarted').length === 2
        ? true
        : undefined,
    );
    // Its pod stays as it was.
    await settle('shop/a');
    await says('shop/a', 'has been restarted for this, and its pods are as before');
    expect((await deployment('shop/a')).metadata.generation).toBe(restarted.metadata.generation);
  });

  it('waits for a rollout that is under way', async () => {
    await world.apply(service('shop/b'), workload('Deployment', 'shop/b'), podOf('shop/b'));
    await world.apply(binding('shop/b', { rollout: 'Automatic' }));
    await says('shop/b', 'when the rollout of it that is under way is complete');
    await settle('shop/b');
    await says('shop/b', 'Deployment shop/b is being restarted');
    // Its place is another's, then.
    await settle('shop/b');
  });

  it('that is paused is restarted when it is resumed', async () => {
    await older('shop/c', (object) => ({
      ...object,
      spec: { ...(isJsonObject(object.spec) ? object.spec : {}), paused: true },
    }));
    await says('shop/c', 'is paused; resume its rollout');
    await world.kubectl('rollout', 'resume', 'deployment/c', '-n', 'shop');
    await settle('shop/c');
    await says('shop/c', 'Deployment shop/c is being restarted');
  });

  it('whose new pods would not be let in is left alone, and the reason said', async () => {
    await older('shop/d', (object) => {
      const { template, ...spec } = objectAt(object.spec);
      const podSpec = { ...objectAt(objectAt(template).spec), hostNetwork: true };
      return { ...object, spec: { ...spec, template: { ...objectAt(template), spec: podSpec } } };
    });
    await says('shop/d', '(HostNetwork)');
    expect(annotationsOf(await deployment('shop/d'))).toEqual({});
  });
});
