/** Our client's calls, as a real API server understands and answers them. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubernetesClient } from '../../src/kubernetes/client.ts';
import { isServed } from '../../src/kubernetes/discovery.ts';
import { KUBERNETES_RESOURCES } from '../../src/kubernetes/resources.ts';
import { CONFIG_MAPS, draft, SECRETS } from '../../src/kubernetes/testing/objects.ts';
import { good, kindOf } from '../../src/kubernetes/testing/outcomes.ts';
import { reviewToken } from '../../src/kubernetes/token-review.ts';
import { type Connected, connectTo, kubeconfigFor } from './connect.ts';
import { type ApiServer, startApiServer } from './harness.ts';
import { startProxy } from './proxy.ts';

let server: ApiServer;
let connected: Connected;
let client: KubernetesClient;

beforeAll(async () => {
  server = await startApiServer();
  connected = connectTo(server.kubeconfig);
  client = connected.client;
});

afterAll(async () => {
  await connected?.close();
  await server?.stop();
});

const name = (text: string) => ({ namespace: 'default', name: text });

describe('connections', () => {
  it('are kept for the next calls: two for any number after one another, and one for each watch', async () => {
    const proxy = await startProxy(server.url);
    const through = connectTo(await kubeconfigFor(server.kubeconfig, server.url, proxy.url));
    for (let calls = 0; calls < 25; calls++) {
      good(await through.client.list(CONFIG_MAPS, { limit: 1 }));
      await through.client.get(CONFIG_MAPS, name('missing'));
    }
    // A call that follows at once may find the first still being tidied up.
    expect(proxy.accepted()).toBeLessThanOrEqual(2);

    const abort = new AbortController();
    const query = { resourceVersion: '0', timeoutSeconds: 60 };
    const watches = [1, 2, 3].map(() => through.client.watch(CONFIG_MAPS, query, abort.signal));
    for (const watch of watches) good(await watch);
    for (let calls = 0; calls < 10; calls++) good(await through.client.list(CONFIG_MAPS, { limit: 1 }));
    expect(proxy.accepted()).toBeLessThanOrEqual(5);
    expect(proxy.open()).toBeGreaterThanOrEqual(4);

    abort.abort();
    await expect.poll(proxy.open).toBeLessThanOrEqual(2);
    await through.close();
    await expect.poll(proxy.open).toBe(0);
    await proxy.close();
  });
});

describe('objects', () => {
  it('are created, read, replaced, patched and deleted', async () => {
    const created = good(await client.create(CONFIG_MAPS, draft('life', 'one')));
    expect(kindOf(await client.create(CONFIG_MAPS, draft('life')))).toBe('AlreadyExists');
    expect(good(await client.get(CONFIG_MAPS, name('life')))).toEqual(created);

    const { resourceVersion, uid } = created.metadata;
    const replacement = { ...draft('life', 'two'), metadata: { ...name('life'), resourceVersion } };
    expect(good(await client.replace(CONFIG_MAPS, replacement)).data).toEqual({ value: 'two' });
    expect(kindOf(await client.replace(CONFIG_MAPS, replacement))).toBe('Conflict');

    const merge = { type: 'merge', patch: { data: { other: 'x' } } } as const;
    expect(good(await client.patch(CONFIG_MAPS, name('life'), merge)).data).toEqual({
      value: 'two',
      other: 'x',
    });
    const json = { type: 'json', patch: [{ op: 'remove', path: '/data/other' }] } as const;
    expect(good(await client.patch(CONFIG_MAPS, name('life'), json)).data).toEqual({ value: 'two' });

    expect(kindOf(await client.delete(CONFIG_MAPS, name('life'), { uid: 'another' }))).toBe('Conflict');
    expect(kindOf(await client.delete(CONFIG_MAPS, name('life'), { resourceVersion }))).toBe('Conflict');
    expect(kindOf(await client.delete(CONFIG_MAPS, name('life'), { uid }))).toBe('ok');
    expect(kindOf(await client.get(CONFIG_MAPS, name('life')))).toBe('NotFound');
  });

  it('are applied: what the field manager no longer says is gone, and what others say stays', async () => {
    const other = connectTo(server.kubeconfig, 'somebody');
    const apply = (of: KubernetesClient, data: Readonly<Record<string, string>>) =>
      of.apply(CONFIG_MAPS, { metadata: name('applied'), data });
    good(await apply(client, { a: '1', b: '1' }));
    good(await apply(other.client, { c: '3' }));
    const { metadata, data } = good(await apply(client, { b: '2' }));
    expect(data).toEqual({ b: '2', c: '3' });
    const again = good(await apply(client, { b: '2' }));
    expect(again.metadata.resourceVersion).toBe(metadata.resourceVersion);
    expect(good(await apply(other.client, { b: '9', c: '3' })).data).toEqual({ b: '9', c: '3' });
    await other.close();
  });

  it('are listed in pages of one version', async () => {
    for (let number = 0; number < 5; number++) {
      const created = {
        ...draft(`page-${number}`),
        metadata: { ...name(`page-${number}`), labels: { a: 'page' } },
      };
      good(await client.create(CONFIG_MAPS, created));
    }
    const query = { namespace: 'default', labelSelector: 'a=page', limit: 2 };
    const names: string[] = [];
    const versions = new Set<string>();
    let next: string | undefined;
    do {
      const page = good(await client.list(CONFIG_MAPS, { ...query, ...(next && { continue: next }) }));
      names.push(...page.items.map(({ metadata }) => metadata.name));
      versions.add(page.resourceVersion);
      next = page.continue;
      if (names.length === 2) good(await client.create(CONFIG_MAPS, draft('unrelated')));
    } while (next !== undefined);
    expect([names, versions.size]).toEqual([[0, 1, 2, 3, 4].map((number) => `page-${number}`), 1]);
    const all = good(await client.list(CONFIG_MAPS, { ...query, limit: 100, resourceVersion: '0' }));
    expect(all.items.length).toBeLessThanOrEqual(5);
  });
});

describe('failures', () => {
  it('have stable kinds', async () => {
    expect(kindOf(await client.create(CONFIG_MAPS, draft('Not A Name')))).toBe('Invalid');
    const bad = { metadata: name('x'), data: 'text' };
    expect(kindOf(await client.create(CONFIG_MAPS, bad))).toBe('Invalid');
    expect(kindOf(await client.list(CONFIG_MAPS, { continue: 'nonsense' }))).toBe('Invalid');
    expect(kindOf(await client.list({ ...CONFIG_MAPS, plural: 'nosuch' }, {}))).toBe('NotFound');
    const stranger = await kubeconfigFor(server.kubeconfig, server.token, 'https://wrong:1/');
    const other = connectTo(stranger);
    const refused = await other.client.get(CONFIG_MAPS, name('x'));
    expect(kindOf(refused)).toBe('Unauthorized');
    await other.close();
  });

  it('say nothing of a secret', async () => {
    const secret = {
      metadata: name('Hunter2'),
      stringData: { password: 'hunter2' },
      type: 'kubernetes.io/tls',
    };
    const refused = await client.create(SECRETS, secret);
    expect(kindOf(refused)).toBe('Invalid');
    expect(JSON.stringify(refused)).not.toContain('hunter2');
  });

  it('of the network are failures like others', async () => {
    const nowhere = connectTo(await kubeconfigFor(server.kubeconfig, server.url, 'https://127.0.0.1:1'));
    expect(await nowhere.client.get(CONFIG_MAPS, name('x'))).toMatchObject({
      error: { kind: 'Unreachable', message: expect.stringContaining('ECONNREFUSED') },
    });
    await nowhere.close();
  });
});

describe('what the API server knows', () => {
  it('which kinds there are', async () => {
    const { ConfigMap, HTTPRoute, Lease } = KUBERNETES_RESOURCES;
    for (const resource of [ConfigMap, Lease]) expect(good(await isServed(client, resource))).toBe(true);
    for (const resource of [HTTPRoute, { ...Lease, plural: 'leas' }, { ...Lease, version: 'v9' }]) {
      expect(good(await isServed(client, resource))).toBe(false);
    }
  });

  it('whose token it is, and what they may do', async () => {
    await server.kubectl(['create', 'serviceaccount', 'orders']);
    const { stdout } = await server.kubectl(['create', 'token', 'orders', '--audience=portcullis']);
    const verdict = good(await reviewToken(client, stdout.trim(), ['portcullis']));
    if (verdict.kind !== 'authenticated') throw new Error('the token is not known');
    expect(verdict).toMatchObject({
      audiences: ['portcullis'],
      user: {
        username: 'system:serviceaccount:default:orders',
        groups: expect.arrayContaining(['system:authenticated']),
      },
    });
    expect(good(await reviewToken(client, stdout.trim(), ['another']))).toEqual({ kind: 'unknown' });
    expect(good(await reviewToken(client, server.token, ['portcullis']))).toEqual({ kind: 'unknown' });
    expect(good(await reviewToken(client, 'nonsense', ['portcullis']))).toEqual({ kind: 'unknown' });
  });
});
