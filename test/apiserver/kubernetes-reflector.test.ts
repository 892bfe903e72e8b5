/** Our reflector against a real API server, and whatever can happen on the way to it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { CacheChange } from '../../src/kubernetes/cache.ts';
import type { KubernetesError } from '../../src/kubernetes/errors.ts';
import { keyOf } from '../../src/kubernetes/object.ts';
import { type Reflector, startReflector } from '../../src/kubernetes/reflector.ts';
import type { ReflectorLimits } from '../../src/kubernetes/reflector-limits.ts';
import { CONFIG_MAPS, draft, type Small, trim } from '../../src/kubernetes/testing/objects.ts';
import { good } from '../../src/kubernetes/testing/outcomes.ts';
import { type Connected, connectTo, kubeconfigFor } from './connect.ts';
import { type ApiServer, startApiServer } from './harness.ts';
import { type CuttableProxy, startProxy } from './proxy.ts';

const SOON = { timeout: 30_000 };

let server: ApiServer;
/** A new one for each test: nobody has to tidy up. */
let namespace: string;
let namespaces = 0;
let direct: Connected;
let proxy: CuttableProxy;
let through: Connected;
let reflector: Reflector<Small> | undefined;
let told: CacheChange<Small>[];
let problems: KubernetesError[];

beforeAll(async () => {
  server = await startApiServer();
  direct = connectTo(server.kubeconfig);
});

afterAll(async () => {
  await direct?.close();
  await server?.stop();
});

beforeEach(async () => {
  namespace = `reflected-${++namespaces}`;
  await server.kubectl(['create', 'namespace', namespace]);
  proxy = await startProxy(server.url);
  through = connectTo(await kubeconfigFor(server.kubeconfig, server.url, proxy.url));
  told = [];
  problems = [];
});

afterEach(async () => {
  await reflector?.stop();
  await through.close();
  await proxy.close();
});

function reflect(limits: Partial<ReflectorLimits> = {}): Reflector<Small> {
  reflector = startReflector<Small>({
    client: through.client,
    clock: systemClock,
    random: Math.random,
    resource: CONFIG_MAPS,
    trim,
    selection: { namespace, fieldSelector: 'metadata.name!=kube-root-ca.crt' },
    onChange: (change) => told.push(change),
    onProblem: (problem) => problems.push(problem),
    limits,
  });
  return reflector;
}

const create = async (name: string, value = '') =>
  good(await direct.client.create(CONFIG_MAPS, draft(name, value, namespace)));
const remove = async (name: string) => good(await direct.client.delete(CONFIG_MAPS, { namespace, name }));
const changes = () => told.map(({ kind, object }) => `${kind} ${object.metadata.name}`);
const held = (one: Reflector<Small>) => [...one.store.keys()].sort();

describe('a reflector', () => {
  it('lists page by page, then follows', async () => {
    for (let number = 0; number < 7; number++) await create(`item-${number}`);
    const one = reflect({ pageSize: 3 });
    expect(await one.synced()).toBe(true);
    expect(one.store.size).toBe(7);
    const { metadata } = await create('later', 'x');
    await expect.poll(one.resourceVersion, SOON).toBe(metadata.resourceVersion);
    expect(one.store.get(`${namespace}/later`)?.value).toBe('x');
    await remove('item-3');
    await expect.poll(changes, SOON).toContain('deleted item-3');
    expect(told).toHaveLength(9);
    expect(problems).toEqual([]);
  });

  it('begins watches anew as the server ends them, and loses and doubles nothing', async () => {
    const watching = vi.spyOn(through.client, 'watch');
    const one = reflect({ watchSeconds: 1, shortestWatchSeconds: 0 });
    await one.synced();
    let created = 0;
    for (; watching.mock.calls.length < 4; created += 2) {
      await create(`steady-${created}`);
      await create(`steady-${created + 1}`);
      await remove(`steady-${created}`);
    }
    const { metadata } = await create('last');
    await expect
      .poll(() => one.store.get(`${namespace}/last`)?.metadata, SOON)
      .toMatchObject({
        resourceVersion: metadata.resourceVersion,
      });
    expect(changes().toSorted()).toEqual([...new Set(changes())].sort());
    expect([changes().length, one.store.size, problems]).toEqual([1.5 * created + 1, created / 2 + 1, []]);
  });

  it('notices a connection over which nothing is forwarded any more', async () => {
    const one = reflect({ watchSeconds: 2, graceSeconds: 1 });
    await one.synced();
    await create('before');
    await expect.poll(changes, SOON).toEqual(['added before']);
    proxy.become('frozen');
    await create('meanwhile');
    proxy.become('forwarding'); // for new connections; the old ones stay as they are
    await expect.poll(changes, SOON).toEqual(['added before', 'added meanwhile']);
    expect(problems.map(({ kind }) => kind)).toContain('Timeout');
    expect(one.age()).toBeLessThan(30);
  });

  it('asks a server that closes every connection a few times only', async () => {
    const one = reflect();
    await one.synced();
    const before = proxy.accepted();
    proxy.become('refusing');
    await new Promise((resolve) => setTimeout(resolve, 3000));
    // Some attempts find a connection closed that was kept, and none more than the backoff allows.
    expect(proxy.accepted() - before).toBeLessThanOrEqual(8);
    await create('after');
    proxy.become('forwarding');
    await expect.poll(changes, SOON).toEqual(['added after']);
  });

  it('outlives the API server, and hears then of all that has happened', async () => {
    const one = reflect();
    await one.synced();
    await create('kept');
    await create('gone');
    await expect.poll(() => held(one), SOON).toHaveLength(2);
    await server.halt();
    await expect.poll(() => problems.length, SOON).toBeGreaterThan(2);
    expect(one.store.size).toBe(2);
    await server.resume();
    await remove('gone');
    await create('new');
    await expect.poll(() => held(one), SOON).toEqual([`${namespace}/kept`, `${namespace}/new`]);
    expect(changes().toSorted()).toEqual(['added gone', 'added kept', 'added new', 'deleted gone']);
  });

  it('lists anew where its version is too old, and misses no deletion', async () => {
    const one = reflect();
    await one.synced();
    for (const name of ['stays', 'goes', 'comes-back']) await create(name);
    await expect.poll(() => held(one), SOON).toHaveLength(3);
    proxy.become('refusing');
    await remove('goes');
    await remove('comes-back');
    await create('comes-back', 'another');
    await create('new');
    await server.halt();
    await server.compact();
    await server.resume();
    proxy.become('forwarding');
    await expect.poll(() => one.store.get(`${namespace}/comes-back`)?.value, SOON).toBe('another');
    expect(held(one)).toEqual(['comes-back', 'new', 'stays'].map((name) => keyOf({ namespace, name })));
    expect(problems.map(({ kind }) => kind)).toContain('Gone');
    expect(changes().slice(3).toSorted()).toEqual([
      'added comes-back',
      'added new',
      'deleted comes-back',
      'deleted goes',
    ]);
  });

  it('reads consistently: what was written before is there after', async () => {
    const one = reflect();
    await one.synced();
    for (let number = 0; number < 20; number++) {
      await create(`written-${number}`);
      expect(await one.refresh()).toBe(true);
      expect(one.store.get(`${namespace}/written-${number}`)).toBeDefined();
    }
    expect(told).toHaveLength(20);
  });

  it('leaves no connection but idle ones when it is stopped', async () => {
    const one = reflect();
    await one.synced();
    await create('x');
    await expect.poll(() => one.store.size, SOON).toBe(1);
    await one.stop();
    await through.close();
    await expect.poll(proxy.open, SOON).toBe(0);
    await create('y');
    expect(told).toHaveLength(1);
  });
});
