/** Pods at admission: what becomes of each, in whatever order the objects around it are applied. */

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { binding, pod, service, workload } from '../operator/objects.ts';
import { mark, OPEN, type PodWorld, podWith, sidecarsOf, startPodWorld } from './webhook-world.ts';

const ALL = ['portcullis-capture', 'portcullis-validator', 'portcullis-envoy'];
const CAPTURED = 'portcullis.dev/captured-ports';
const LABEL = 'portcullis.dev/inject';
const ORDERS = ['BSP', 'BPS', 'SBP', 'SPB', 'PBS', 'PSB'] as const;

const SOON = { timeout: 30_000, interval: 100 };

let world: PodWorld;

beforeAll(async () => {
  const early = ['early', 'narrow', 'workloads', 'routes', ...ORDERS.map((order) => order.toLowerCase())];
  world = await startPodWorld([['shop'], ['quiet'], ...early.map((name) => [name] as const)]);
  await world.apply(service('shop/orders'), binding('shop/orders'));
});
afterAll(() => world?.stop());

const refusal = (made: Promise<unknown>): Promise<string> =>
  made.then(
    () => 'let in',
    (error: Error) => error.message,
  );

describe('a pod', () => {
  it('that a binding targets gets sidecars, and its API as captured port', async () => {
    const made = await world.create(podWith('shop/orders-1', { labels: { app: 'orders' } }));
    expect(sidecarsOf(made)).toEqual(ALL);
    expect(mark(made, 'annotations', CAPTURED)).toBe('8080');
  });

  it('that none targets is left as it is', async () => {
    expect(sidecarsOf(await world.create(pod('shop/redis')))).toEqual([]);
  });

  it('that asks for them gets them without a binding', async () => {
    const made = await world.create(podWith('quiet/any', { labels: { [LABEL]: 'true' } }));
    expect(sidecarsOf(made)).toEqual(ALL);
  });

  it('that wants none gets none, though a binding targets it', async () => {
    const labels = { app: 'orders', [LABEL]: 'false' };
    expect(sidecarsOf(await world.create(podWith('shop/free', { labels })))).toEqual([]);
  });

  it('of a namespace without injection is not looked at', async () => {
    const made = await world.create(podWith(`${OPEN}/any`, { labels: { [LABEL]: 'true' } }));
    expect(sidecarsOf(made)).toEqual([]);
  });

  it('may come with sidecars already, as from a pipeline', async () => {
    const made = await world.create(podWith('shop/made', { labels: { app: 'orders' } }), '--dry-run=server');
    const { metadata, spec } = made as { readonly metadata: JsonObject; readonly spec: JsonObject };
    const { name, namespace, labels = {}, annotations = {} } = metadata;
    const again = await world.create({
      ...made,
      metadata: { name, namespace, labels, annotations },
    } as JsonObject);
    expect(again.spec).toEqual(spec);
  });
});

describe('a target that is not there yet', () => {
  it.each(ORDERS)('leaves no pod open that comes after its binding: %s', async (order) => {
    const space = order.toLowerCase();
    const objects = {
      B: binding(`${space}/orders`),
      S: service(`${space}/orders`),
      P: podWith(`${space}/orders-1`, { labels: { app: 'orders' } }),
    };
    await world.apply(...Array.from(order, (letter) => objects[letter as keyof typeof objects]));
    const made = JSON.parse(await world.kubectl('get', 'pod', 'orders-1', '-n', space, '-o', 'json'));
    expect(sidecarsOf(made)).toEqual(order.indexOf('B') < order.indexOf('P') ? ALL : []);
  });

  it('says so to whoever creates a pod that it may mean', async () => {
    await world.apply(binding('early/orders'));
    const { code, stderr } = await world.server.kubectl(
      ['create', '-f', '-'],
      JSON.stringify(pod('early/other')),
    );
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining(
        'Warning: Pod early/other refuses every request for now: ApiBinding early/orders may target it, as there is no Service early/orders yet; create it, or correct kind and name (TargetNotFound)',
      ),
    ]);
    await expect(world.create(podWith('early/host', { spec: { hostNetwork: true } }))).rejects.toThrow(
      'Pod early/host is refused: ApiBinding early/orders may target it, as there is no Service early/orders yet (label it portcullis.dev/inject: "false" if it is not meant), and it uses the network of its node',
    );
  });

  it('touches no other ports than those that the binding names', async () => {
    await world.apply(binding('narrow/orders', { ports: [{ port: 8081 }] }));
    const made = await world.create(pod('narrow/redis'));
    expect(mark(made, 'annotations', CAPTURED)).toBe('8081');
  });

  it('that is a workload means only pods of its name', async () => {
    const targetRefs = [{ kind: 'Deployment', name: 'orders' }];
    await world.apply(binding('workloads/orders', { targetRefs }));
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', uid: 'e6b7a0a5-0c3b-4d6f-9a53-0d2b1a1f4c11' };
    const hash = { 'pod-template-hash': 'abc' };
    const own = podWith('workloads/a', { owner: { ...owner, name: 'orders-abc' }, labels: hash });
    const others = podWith('workloads/b', { owner: { ...owner, name: 'stock-abc' }, labels: hash });
    expect(sidecarsOf(await world.create(own))).toEqual(ALL);
    expect(sidecarsOf(await world.create(others))).toEqual([]);
    await world.apply(workload('Deployment', 'workloads/orders'));
    const chosen = podWith('workloads/c', { labels: { app: 'orders' } });
    expect(sidecarsOf(await world.create(chosen))).toEqual(ALL);
  });

  it('may be a route of an API that is not installed', async () => {
    await world.apply(binding('routes/orders', { targetRefs: [{ kind: 'HTTPRoute', name: 'orders' }] }));
    expect(sidecarsOf(await world.create(pod('routes/any')))).toEqual(ALL);
  });
});

describe('a refusal', () => {
  const hostNetwork = { spec: { hostNetwork: true }, labels: { app: 'orders' } };

  it('is told on what wants to make the pod, and counted, but not in a dry run', async () => {
    const set = { ...workload('Deployment', 'shop/orders-abc'), kind: 'ReplicaSet' };
    await world.apply(set);
    const uid = await world.kubectl(
      'get',
      'rs',
      'orders-abc',
      '-n',
      'shop',
      '-o',
      'jsonpath={.metadata.uid}',
    );
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'orders-abc', uid };
    const { metadata, ...rest } = podWith('shop/x', { ...hostNetwork, owner });
    const { name: _, ...nameless } = metadata as JsonObject;
    const counted = async () => {
      const metrics = await world.operator.page('/metrics');
      const line = /portcullis_injections_total\{result="refused",reason="HostNetwork"\} (\d+)/.exec(metrics);
      return Number(line?.[1] ?? 0);
    };
    const before = await counted();
    const made = (prefix: string, ...args: readonly string[]) =>
      refusal(world.create({ metadata: { ...nameless, generateName: prefix }, ...rest }, ...args));

    expect(await made('dry-', '--dry-run=server')).toContain('Pod shop/dry-* is refused');
    expect(await counted()).toBe(before);
    expect(await made('orders-abc-')).toContain('Pod shop/orders-abc-* is refused');
    expect(await made('orders-abc-')).toContain('(HostNetwork)');
    expect(await counted()).toBe(before + 2);
    const notes = await vi.waitFor(async () => {
      const events = await world.kubectl(
        ...['get', 'events', '-n', 'shop', '--field-selector', 'reason=InjectionRefused'],
        ...['-o', 'jsonpath={range .items[*]}{.involvedObject.name}: {.message}{"\\n"}{end}'],
      );
      expect(events).not.toBe('');
      return events.trim().split('\n');
    }, SOON);
    expect(notes).toEqual([
      'orders-abc: Pod shop/orders-abc-* is refused: ApiBinding shop/orders targets it, and it uses the network of its node (hostNetwork), where nothing can be captured for it alone; remove hostNetwork, or no longer target the workload (HostNetwork)',
    ]);
  });
});

describe('other labels', () => {
  it('do not bring a running pod without sidecars behind a guarded API', async () => {
    await world.create(pod('shop/stock'));
    const label = (text: string, ...args: readonly string[]) =>
      world.kubectl('label', 'pod', 'stock', '-n', 'shop', '--overwrite', text, ...args);
    expect(await refusal(label('app=orders'))).toContain(
      'Pod shop/stock is refused: ApiBinding shop/orders targets it, and it runs without sidecars',
    );
    expect(await refusal(label('app=other'))).toBe('let in');
    await label('app=orders', `${LABEL}=false`);
  });

  it('are nobody’s business where there are sidecars, or were none before', async () => {
    await world.create(podWith('shop/guarded', { labels: { app: 'orders' } }));
    await world.kubectl('label', 'pod', 'guarded', '-n', 'shop', '--overwrite', 'app=other');
    await world.kubectl('label', 'pod', 'guarded', '-n', 'shop', '--overwrite', 'app=orders');
    await world.create(podWith('pbs/older', { labels: { app: 'older' } }));
    await world.apply(service('pbs/older'), binding('pbs/older'));
    await world.kubectl('label', 'pod', 'older', '-n', 'pbs', 'tier=web');
  });
});

describe('a webhook configuration', () => {
  const kinds = ['validatingwebhookconfiguration', 'mutatingwebhookconfiguration'];

  it.each(kinds)('whose caBundle somebody has taken away gets it back: %s', async (kind) => {
    const bundles = async () => {
      const path = 'jsonpath={range .webhooks[*]}[{.clientConfig.caBundle}]{end}';
      return world.kubectl('get', kind, 'portcullis', '-o', path);
    };
    const before = await bundles();
    const patch = JSON.stringify([{ op: 'remove', path: '/webhooks/0/clientConfig/caBundle' }]);
    await world.kubectl('patch', kind, 'portcullis', '--type=json', '-p', patch);
    await vi.waitFor(async () => expect(await bundles()).toBe(before), SOON);
  });
});

describe('without the control plane', () => {
  beforeAll(() => world.operator.stop());

  it('pods of namespaces with injection wait', async () => {
    expect(await refusal(world.create(pod('shop/waiting')))).toContain('failed calling webhook');
    expect(await refusal(world.create(podWith('shop/asking', { labels: { [LABEL]: 'true' } })))).toContain(
      'failed calling webhook "inject-labelled.portcullis.dev"',
    );
  });

  it('others start', async () => {
    await world.create(pod(`${OPEN}/starting`));
    await world.create(podWith('shop/free-too', { labels: { [LABEL]: 'false' } }));
  });
});
