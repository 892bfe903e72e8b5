/** The operator's Secrets and ConfigMaps on a real API server, with no more rights than it asks for. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { good } from '../../src/kubernetes/testing/outcomes.ts';
import { readAuthority, readServer } from '../../src/operator/certificates/authority.ts';
import { isSignedBy } from '../../src/operator/certificates/certificate.ts';
import { serviceNames } from '../../src/operator/certificates/names.ts';
import { reconcileBundle } from '../../src/operator/certificates/publish.ts';
import { reconcileAuthority, reconcileServer } from '../../src/operator/certificates/reconcile.ts';
import { type CertificatesWorld, certificatesWorld, HOME } from './certificates-world.ts';
import { type ApiServer, startApiServer } from './harness.ts';

const DAY = 86_400_000;
const NAMES = serviceNames(['portcullis-webhook', 'portcullis-policy'], HOME);

let server: ApiServer;
let world: CertificatesWorld;
beforeAll(async () => {
  server = await startApiServer();
  world = await certificatesWorld(server);
});
afterAll(async () => {
  await world?.close();
  await server?.stop();
});

const both = async (published?: string) => {
  const authority = good(await reconcileAuthority(world.deps, published));
  const servers = good(await reconcileServer(world.deps, NAMES));
  return { ...authority, done: [...authority.done, ...servers.done] };
};
const versions = () =>
  world.kubectl('get', 'secrets', '-n', HOME, '-o', 'jsonpath={.items[*].metadata.resourceVersion}');
const remove = (...names: readonly string[]) => world.kubectl('delete', 'secret', '-n', HOME, ...names);

describe('the Secrets', () => {
  it('are made once, however many replicas come at once', async () => {
    const bundles = await Promise.all([1, 2, 3, 4].map(async () => (await both()).bundle));
    const { current } = readAuthority(await world.secret('portcullis-ca'));
    const shown = readServer(await world.secret('portcullis-tls'));
    expect(new Set(bundles)).toEqual(new Set([current?.pem]));
    expect(current !== undefined && shown !== undefined && isSignedBy(shown, current)).toBe(true);
    const types = 'jsonpath={range .items[*]}{.metadata.name}={.type} {end}';
    expect(await world.kubectl('get', 'secrets', '-n', HOME, '-o', types)).toBe(
      'portcullis-ca=Opaque portcullis-tls=kubernetes.io/tls',
    );
  });

  it('are not written where nothing has changed', async () => {
    const before = await versions();
    expect((await both()).done).toEqual([]);
    expect(await versions()).toBe(before);
  });

  it('are repaired, and made anew where they cannot be changed', async () => {
    const { bundle } = await both();
    await world.kubectl(
      ...['patch', 'secret', '-n', HOME, 'portcullis-tls', '--type=merge'],
      '-p',
      '{"data":{"tls.key":""}}',
    );
    expect((await both()).done).toHaveLength(1);
    await world.kubectl(
      ...['patch', 'secret', '-n', HOME, 'portcullis-ca', '--type=merge'],
      '-p',
      '{"data":{"ca.key":null},"immutable":true}',
    );
    // The servers' certificate is that of the one whose key is lost: so both are trusted for a while.
    const repaired = await both();
    expect(repaired.bundle).toContain(bundle);
    expect(repaired.bundle).not.toBe(bundle);
    world.time += DAY;
    expect((await both()).bundle).not.toContain(bundle);
    expect((await both()).done).toEqual([]);
  });

  it('may be made by others, empty, or of another type', async () => {
    await remove('portcullis-ca', 'portcullis-tls');
    const metadata = (name: string) => ({
      namespace: HOME,
      name,
      annotations: { 'meta.helm.sh/release-name': 'x' },
    });
    const secret = { apiVersion: 'v1', kind: 'Secret' };
    await world.apply(
      {
        ...secret,
        type: 'kubernetes.io/basic-auth',
        metadata: metadata('portcullis-ca'),
        stringData: { username: 'x' },
      },
      { ...secret, type: 'Opaque', metadata: metadata('portcullis-tls') },
    );
    expect((await both()).done).toHaveLength(2);
    expect((await both()).done).toEqual([]);
    const release = 'jsonpath={.metadata.annotations.meta\\.helm\\.sh/release-name}';
    expect(await world.kubectl('get', 'secret', '-n', HOME, 'portcullis-tls', '-o', release)).toBe('x');
  });

  it('go through a rotation', async () => {
    const { bundle } = await both();
    world.time += 280 * DAY;
    const begun = await both(bundle);
    expect(begun.bundle).toContain(bundle);
    await both(begun.bundle);
    world.time += DAY;
    const switched = await both(begun.bundle);
    expect(switched.bundle).toBe(begun.bundle);
    expect(switched.done).toEqual([
      expect.stringContaining('next authority'),
      expect.stringContaining('another authority'),
    ]);
    world.time += DAY;
    const over = await both(begun.bundle);
    expect(begun.bundle).toBe(bundle + over.bundle);
    expect((await both(over.bundle)).done).toEqual([]);
  });
});

describe('the ConfigMap', () => {
  const BUNDLE = 'a bundle\n';
  const shop = { name: 'shop', enabled: true, terminating: false };
  const plain = { ...shop, enabled: false };
  const publish = async (namespace = shop) =>
    good(await reconcileBundle(world.deps, namespace, await world.bundleIn(namespace.name), BUNDLE, HOME));
  const text = () =>
    world.kubectl('get', 'configmap', '-n', 'shop', 'portcullis-ca', '-o', 'jsonpath={.data}');
  const patch = (content: object) =>
    world.kubectl(
      ...['patch', 'configmap', '-n', 'shop', 'portcullis-ca', '--type=merge'],
      '-p',
      JSON.stringify(content),
    );

  beforeAll(async () => {
    await world.kubectl('create', 'namespace', 'shop');
  });

  it('is published, repaired, and otherwise left alone', async () => {
    expect([await publish(), await publish()]).toEqual(['apply', 'keep']);
    for (const edit of [
      { data: { 'ca.crt': 'x' } },
      { data: null },
      { metadata: { labels: null } },
      { data: { 'ca.crt': 'x', more: 'theirs' }, metadata: { labels: { a: 'b' } } },
    ]) {
      await patch(edit);
      expect([await publish(), await publish()]).toEqual(['apply', 'keep']);
    }
    expect(JSON.parse(await text())).toEqual({ 'ca.crt': BUNDLE, more: 'theirs' });
  });

  it('is made anew where it cannot be changed', async () => {
    await patch({ data: { 'ca.crt': 'x' }, immutable: true });
    expect([await publish(), await publish()]).toEqual(['replace', 'keep']);
    await patch({ data: { 'ca.crt': null }, binaryData: { 'ca.crt': 'eA==' } });
    expect([await publish(), await publish()]).toEqual(['replace', 'keep']);
  });

  it('goes with the label, unless it is not ours any more', async () => {
    const seen = await world.bundleIn('shop');
    await patch({ metadata: { labels: null } });
    const late = await reconcileBundle(world.deps, plain, seen, BUNDLE, HOME);
    expect(late).toMatchObject({ error: { kind: 'Conflict' } });
    expect([await publish(plain), await publish()]).toEqual(['keep', 'apply']);
    expect([await publish(plain), await publish(plain)]).toEqual(['remove', 'keep']);
    expect(await world.bundleIn('shop')).toBeUndefined();
  });

  it('takes over what somebody else has there', async () => {
    await world.kubectl(
      ...['create', 'configmap', '-n', 'shop', 'portcullis-ca', '--from-literal=ca.crt=theirs'],
    );
    expect(await publish(plain)).toBe('keep');
    expect([await publish(), await publish()]).toEqual(['apply', 'keep']);
  });

  it('is not made in a namespace that is going or gone', async () => {
    const gone = { ...shop, name: 'nowhere' };
    const outcome = await reconcileBundle(world.deps, gone, undefined, BUNDLE, HOME);
    expect(outcome).toMatchObject({ error: { kind: 'NotFound' } });
  });
});
