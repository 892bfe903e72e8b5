/** A workload whose binding comes after it, as in one file: its first pod waits for it. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import type { Draft } from '../../src/kubernetes/client.ts';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import type { Resource } from '../../src/kubernetes/resource.ts';
import { good } from '../../src/kubernetes/testing/outcomes.ts';
import { RESOURCES } from '../../src/operator/resources.ts';
import { binding, service, workload } from '../operator/objects.ts';
import { type PodWorld, podWith, sidecarsOf, startPodWorld } from './webhook-world.ts';

const ORDERS = ['SB', 'BS'] as const;
const KINDS = ['StatefulSet', 'DaemonSet'] as const;
const HASH = { app: 'orders', 'pod-template-hash': 'abc' };

let world: PodWorld;

beforeAll(async () => {
  const spaces = [...ORDERS, ...KINDS].map((name) => [name.toLowerCase()] as const);
  const required = ['required', { 'portcullis.dev/injection': 'required' }] as const;
  world = await startPodWorld([...spaces, ['none'], required]);
});
afterAll(() => world?.stop());

/** Over a connection that is there: what a file brings comes quickly. */
const create = async (resource: Resource, object: JsonObject): Promise<KubernetesObject> =>
  good(await world.admin.create(resource, object as JsonObject & Draft));

const ownerOf = (apiVersion: string, kind: string, { metadata }: KubernetesObject): JsonObject => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid,
});

/** As their controllers do: a ReplicaSet of the Deployment, and its first pod. */
async function deployed(space: string): Promise<JsonObject> {
  const deployment = await create(RESOURCES.Deployment, workload('Deployment', `${space}/orders`));
  const { metadata, ...rest } = workload('Deployment', `${space}/orders-abc`);
  const ownerReferences = [{ ...ownerOf('apps/v1', 'Deployment', deployment), controller: true }];
  const set = await create(RESOURCES.ReplicaSet, {
    ...rest,
    metadata: { ...(metadata as JsonObject), ownerReferences },
  });
  return podWith(`${space}/orders-abc-1`, { labels: HASH, owner: ownerOf('apps/v1', 'ReplicaSet', set) });
}

it.each(ORDERS)('the pod of a Deployment that comes before its binding has sidecars: %s', async (order) => {
  const space = order.toLowerCase();
  const early = create(RESOURCES.Pod, await deployed(space));
  const late = { S: service(`${space}/orders`), B: binding(`${space}/orders`) };
  const kinds = { S: RESOURCES.Service, B: RESOURCES.ApiBinding };
  for (const letter of ['S', 'B'].toSorted((a, b) => order.indexOf(a) - order.indexOf(b)) as ('S' | 'B')[]) {
    await create(kinds[letter], late[letter]);
  }
  expect(sidecarsOf(await early)).toHaveLength(3);
});

it.each(KINDS)('so has that of a %s', async (kind) => {
  const space = kind.toLowerCase();
  const made = await create(RESOURCES[kind], workload(kind, `${space}/orders`));
  const owner = ownerOf('apps/v1', kind, made);
  const early = create(RESOURCES.Pod, podWith(`${space}/orders-0`, { labels: { app: 'orders' }, owner }));
  await create(RESOURCES.Service, service(`${space}/orders`));
  await create(RESOURCES.ApiBinding, binding(`${space}/orders`, { targetRefs: [{ kind, name: 'orders' }] }));
  expect(sidecarsOf(await early)).toHaveLength(3);
});

it('a namespace that requires guards has them for what a Service leads to, without any binding', async () => {
  await create(RESOURCES.Service, service('required/orders'));
  const exposed = await create(RESOURCES.Pod, await deployed('required'));
  expect(sidecarsOf(exposed)).toHaveLength(3);
  const other = podWith('required/job-1', { labels: { app: 'job' } });
  expect(sidecarsOf(await create(RESOURCES.Pod, other))).toEqual([]);
});

it('without a binding the pod is let in as it is', async () => {
  expect(sidecarsOf(await create(RESOURCES.Pod, await deployed('none')))).toEqual([]);
});
