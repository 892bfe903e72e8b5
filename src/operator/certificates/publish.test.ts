import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { failed, ok } from '../../kubernetes/errors.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { RESOURCES } from '../resources.ts';
import { decideBundle, readBundle, type SeenBundle } from './bundle.ts';
import { reconcileBundle, reconcileConfiguration } from './publish.ts';
import { fakeCluster } from './testing/cluster.ts';

const HOME = 'portcullis-system';
const LABEL = { 'app.kubernetes.io/managed-by': 'portcullis' };
const BUNDLE = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const NAME = { namespace: 'shop', name: 'portcullis-ca' };

const shop = { name: 'shop', enabled: true, terminating: false };
const plain = { ...shop, enabled: false };

function configMap(content: JsonObject, labels: Record<string, string> = LABEL): KubernetesObject {
  return { metadata: { ...NAME, uid: 'u', resourceVersion: '7', labels }, ...content };
}

function seen(content: JsonObject, labels?: Record<string, string>): SeenBundle {
  const bundle = readBundle(configMap(content, labels));
  if (bundle === undefined) throw new Error('it has no namespace');
  return bundle;
}

const right = seen({ data: { 'ca.crt': BUNDLE } });

describe('the ConfigMap of a namespace', () => {
  it.each<[string, SeenBundle | undefined, string]>([
    ['absent', undefined, 'apply'],
    ['as it should be', right, 'keep'],
    ['with keys of others', seen({ data: { 'ca.crt': BUNDLE, more: 'x' } }), 'keep'],
    ['edited', seen({ data: { 'ca.crt': `${BUNDLE}x` } }), 'apply'],
    ['emptied', seen({}), 'apply'],
    ['without its label', seen({ data: { 'ca.crt': BUNDLE } }, {}), 'apply'],
    [
      "somebody else's",
      seen({ data: { 'ca.crt': 'theirs' } }, { 'app.kubernetes.io/managed-by': 'Helm' }),
      'apply',
    ],
    ['immutable, but right', seen({ data: { 'ca.crt': BUNDLE }, immutable: true }), 'keep'],
    ['immutable and wrong', seen({ data: { 'ca.crt': 'x' }, immutable: true }), 'replace'],
    ['binary', seen({ binaryData: { 'ca.crt': 'eA==' } }), 'replace'],
  ])('where injection is enabled: %s', (_, found, kind) => {
    expect(decideBundle(shop, found, BUNDLE, HOME).kind).toBe(kind);
    expect(decideBundle({ ...plain, name: HOME }, found, BUNDLE, HOME).kind).toBe(kind);
    expect(decideBundle({ ...shop, terminating: true }, found, BUNDLE, HOME).kind).toBe('keep');
  });

  it('goes where injection is not enabled any more, if it is ours', () => {
    expect(decideBundle(plain, right, BUNDLE, HOME).kind).toBe('remove');
    expect(decideBundle(plain, seen({ data: { 'ca.crt': BUNDLE } }, {}), BUNDLE, HOME).kind).toBe('keep');
    expect(decideBundle(plain, undefined, BUNDLE, HOME).kind).toBe('keep');
    expect(decideBundle({ ...plain, terminating: true }, right, BUNDLE, HOME).kind).toBe('keep');
  });
});

describe('publishing', () => {
  const world = (content?: JsonObject) => {
    const cluster = fakeCluster();
    if (content !== undefined)
      cluster.set(RESOURCES.ConfigMap, NAME, { metadata: { labels: LABEL }, ...content });
    const writing = { client: cluster.client, mayWrite: () => true };
    const look = (): SeenBundle | undefined => {
      const stored = cluster.get(RESOURCES.ConfigMap, NAME);
      return stored && readBundle(stored);
    };
    return { cluster, writing, look };
  };

  it('makes it, once', async () => {
    const { cluster, writing, look } = world();
    expect(await reconcileBundle(writing, shop, look(), BUNDLE, HOME)).toEqual(ok('apply'));
    expect(cluster.get(RESOURCES.ConfigMap, NAME)).toMatchObject({
      metadata: { labels: LABEL },
      data: { 'ca.crt': BUNDLE },
    });
    expect(await reconcileBundle(writing, shop, look(), BUNDLE, HOME)).toEqual(ok('keep'));
    expect(cluster.writes).toEqual(['apply configmaps shop/portcullis-ca']);
  });

  it('makes one anew that cannot be changed', async () => {
    const { cluster, writing, look } = world({ data: { 'ca.crt': 'x' }, immutable: true });
    expect(await reconcileBundle(writing, shop, look(), BUNDLE, HOME)).toEqual(ok('replace'));
    expect(look()).toMatchObject({ frozen: false, ours: true });
    expect(cluster.writes).toHaveLength(2);
  });

  it('removes only what it has seen', async () => {
    const { cluster, writing, look } = world({ data: { 'ca.crt': BUNDLE } });
    const before = look();
    cluster.set(RESOURCES.ConfigMap, NAME, { metadata: { labels: {} }, data: {} });
    expect(await reconcileBundle(writing, plain, before, BUNDLE, HOME)).toMatchObject({
      error: { kind: 'Conflict' },
    });
    expect(await reconcileBundle(writing, plain, look(), BUNDLE, HOME)).toEqual(ok('keep'));
    expect(look()).toBeDefined();
  });

  it('finds no fault with one that is gone already', async () => {
    const { writing } = world();
    expect(await reconcileBundle(writing, plain, right, BUNDLE, HOME)).toEqual(ok('remove'));
  });

  it('writes nothing when it does not lead', async () => {
    const { cluster, writing } = world();
    const idle = { ...writing, mayWrite: () => false };
    expect(await reconcileBundle(idle, shop, undefined, BUNDLE, HOME)).toMatchObject({
      error: { kind: 'Aborted' },
    });
    expect(cluster.writes).toEqual([]);
  });
});

describe('a webhook configuration', () => {
  const wanted = Buffer.from(BUNDLE).toString('base64');
  const configuration = (webhooks: JsonValue | undefined): KubernetesObject => ({
    metadata: { name: 'portcullis', uid: 'u', resourceVersion: '1' },
    ...(webhooks !== undefined && { webhooks }),
  });
  const reconcile = async (
    stored: Awaited<ReturnType<ReturnType<typeof fakeCluster>['client']['get']>>,
    patched: typeof stored = stored,
    mayWrite = true,
  ) => {
    const patches: unknown[] = [];
    const client: ReturnType<typeof fakeCluster>['client'] = {
      ...fakeCluster().client,
      get: async () => stored,
      patch: async (_, __, patch) => {
        patches.push(patch);
        return patched;
      },
    };
    const outcome = await reconcileConfiguration(
      { client, mayWrite: () => mayWrite },
      RESOURCES.ValidatingWebhookConfiguration,
      'portcullis',
      { bundle: BUNDLE, key: 'k1' },
    );
    return { outcome, patches };
  };

  it('is given a caBundle where it is missing or another, and nothing else is touched', async () => {
    const webhooks = [
      { name: 'a', clientConfig: { service: {}, caBundle: wanted } },
      { name: 'b', clientConfig: { service: {} } },
      { name: 'c', clientConfig: { url: 'x', caBundle: 'Cg==' } },
    ];
    const { outcome, patches } = await reconcile(ok(configuration(webhooks)));
    expect(outcome).toEqual(ok('written'));
    expect(patches).toEqual([
      {
        type: 'json',
        patch: [
          { op: 'test', path: '/webhooks/1/name', value: 'b' },
          { op: 'add', path: '/webhooks/1/clientConfig/caBundle', value: wanted },
          { op: 'test', path: '/webhooks/2/name', value: 'c' },
          { op: 'add', path: '/webhooks/2/clientConfig/caBundle', value: wanted },
        ],
      },
    ]);
  });

  it.each<{ readonly webhooks?: JsonValue }>([
    { webhooks: [{ name: 'a', clientConfig: { caBundle: wanted } }] },
    { webhooks: [] },
    {},
    { webhooks: null },
    { webhooks: ['x', { name: 'a' }] },
  ])('is left alone where there is nothing to do: %j', async ({ webhooks }) => {
    const { outcome, patches } = await reconcile(ok(configuration(webhooks)));
    expect([outcome, patches]).toEqual([ok('keep'), []]);
  });

  it('is given the paths of the webhooks with their key, and no path of others', async () => {
    const caBundle = wanted;
    const webhooks = [
      { name: 'validate.portcullis.dev', clientConfig: { service: { name: 'x' }, caBundle } },
      {
        name: 'protect.portcullis.dev',
        clientConfig: { service: { path: '/admission/validate/k1' }, caBundle },
      },
      {
        name: 'inject.portcullis.dev',
        clientConfig: { service: { path: '/admission/inject/k0' }, caBundle },
      },
      {
        name: 'guarded.portcullis.dev',
        clientConfig: { url: 'https://127.0.0.1:9443/admission/guarded', caBundle },
      },
      { name: 'another.example.com', clientConfig: { service: { path: '/x' }, caBundle } },
    ];
    const { patches } = await reconcile(ok(configuration(webhooks)));
    const place = (index: number) => `/webhooks/${index}/clientConfig`;
    expect(patches).toEqual([
      {
        type: 'json',
        patch: [
          { op: 'test', path: '/webhooks/0/name', value: 'validate.portcullis.dev' },
          { op: 'add', path: `${place(0)}/service/path`, value: '/admission/validate/k1' },
          { op: 'test', path: '/webhooks/2/name', value: 'inject.portcullis.dev' },
          { op: 'add', path: `${place(2)}/service/path`, value: '/admission/inject/k1' },
          { op: 'test', path: '/webhooks/3/name', value: 'guarded.portcullis.dev' },
          { op: 'add', path: `${place(3)}/url`, value: 'https://127.0.0.1:9443/admission/guarded/k1' },
        ],
      },
    ]);
  });

  it('is waited for where it is not there', async () => {
    expect((await reconcile(failed('NotFound', 'x'))).outcome).toEqual(ok('absent'));
    const open = ok(configuration([{ name: 'a', clientConfig: {} }]));
    expect((await reconcile(open, failed('NotFound', 'x'))).outcome).toEqual(ok('absent'));
  });

  it('is tried again where the webhooks have changed meanwhile', async () => {
    const open = ok(configuration([{ name: 'a', clientConfig: {} }]));
    const { outcome } = await reconcile(open, failed('Invalid', 'x'));
    expect(outcome).toMatchObject({ error: { kind: 'Conflict' } });
    expect((await reconcile(open, failed('Forbidden', 'x'))).outcome).toMatchObject({
      error: { kind: 'Forbidden' },
    });
    expect((await reconcile(failed('Forbidden', 'x'))).outcome).toMatchObject({
      error: { kind: 'Forbidden' },
    });
  });

  it('is not written by one that does not lead', async () => {
    const open = ok(configuration([{ name: 'a', clientConfig: {} }]));
    const { outcome, patches } = await reconcile(open, open, false);
    expect([outcome, patches]).toEqual([expect.objectContaining({ kind: 'failed' }), []]);
  });
});
