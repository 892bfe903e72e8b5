import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../base/json.ts';
import { failed } from '../../kubernetes/errors.ts';
import { good } from '../../kubernetes/testing/outcomes.ts';
import { RESOURCES } from '../resources.ts';
import { readAuthority, readSecretData, readServer, writeAuthority, writeSecretData } from './authority.ts';
import { isSignedBy } from './certificate.ts';
import { AUTHORITY_SECRET, SERVER_SECRET } from './names.ts';
import { type CertificateDeps, reconcileAuthority, reconcileServer } from './reconcile.ts';
import { type FakeCluster, fakeCluster } from './testing/cluster.ts';
import {
  authorityMade,
  authorityOf,
  DAY,
  foreignAuthority,
  issuingAt,
  NAMES,
  START,
  serverMade,
  type TestIssuing,
} from './testing/issuing.ts';

const [authority, foreign] = await Promise.all([authorityMade(START), foreignAuthority()]);
const server = await serverMade(START, authority);

const { Secret: SECRETS } = RESOURCES;
const namespace = 'system';
const CA = { namespace, name: AUTHORITY_SECRET };
const TLS = { namespace, name: SERVER_SECRET };

interface World {
  readonly cluster: FakeCluster;
  readonly issuing: TestIssuing;
  readonly deps: CertificateDeps;
  stored(): ReturnType<typeof readAuthority>;
  server(): ReturnType<typeof readServer>;
}

function world(before?: () => Promise<void>): World {
  const cluster = fakeCluster(before);
  const issuing = issuingAt(START);
  const data = (name: typeof CA) => readSecretData(cluster.get(SECRETS, name)?.data);
  return {
    cluster,
    issuing,
    deps: { client: cluster.client, issuing, namespace, mayWrite: () => true },
    stored: () => readAuthority(data(CA)),
    server: () => readServer(data(TLS)),
  };
}

async function both({ deps }: World, published?: string) {
  const authority = good(await reconcileAuthority(deps, published));
  const server = good(await reconcileServer(deps, NAMES));
  return { ...authority, done: [...authority.done, ...server.done] };
}

describe('where there is nothing', () => {
  it('makes an authority and a certificate for the servers', async () => {
    const its = world();
    const { done, again, bundle, authority } = await both(its);
    expect(done).toHaveLength(2);
    expect(again).toBe(3_600_000);
    expect(bundle).toBe(authority.current.pem);
    expect(its.cluster.writes).toEqual([
      'create secrets system/portcullis-ca',
      'create secrets system/portcullis-tls',
    ]);
    const label = { labels: { 'app.kubernetes.io/managed-by': 'portcullis' } };
    expect(its.cluster.get(SECRETS, CA)).toMatchObject({ type: 'Opaque', metadata: label });
    expect(its.cluster.get(SECRETS, TLS)).toMatchObject({ type: 'kubernetes.io/tls', metadata: label });
    const { current } = its.stored();
    const server = its.server();
    if (current === undefined || server === undefined) throw new Error('nothing was stored');
    expect(isSignedBy(server, current)).toBe(true);
  });

  it('signs nothing before there is an authority', async () => {
    const its = world();
    expect(await reconcileServer(its.deps, NAMES)).toMatchObject({ error: { kind: 'NotFound' } });
    expect(its.cluster.writes).toEqual([]);
  });
});

it('writes nothing where nothing has changed', async () => {
  const its = world();
  await both(its);
  its.cluster.writes.length = 0;
  for (let hours = 0; hours < 24; hours++) {
    expect((await both(its)).done).toEqual([]);
    its.issuing.time += 3_600_000;
  }
  expect(its.cluster.writes).toEqual([]);
});

it('says when it is to be looked at again', async () => {
  const its = world();
  await both(its);
  its.issuing.time = START + 20 * DAY - 1000;
  expect(good(await reconcileServer(its.deps, NAMES)).again).toBe(1000);
});

it('writes nothing when it does not lead', async () => {
  const its = world();
  const deps = { ...its.deps, mayWrite: () => false };
  expect(await reconcileAuthority(deps, undefined)).toMatchObject({ error: { kind: 'Aborted' } });
  await both(its);
  its.cluster.writes.length = 0;
  its.issuing.time += 25 * DAY;
  expect(await reconcileServer(deps, NAMES)).toMatchObject({ error: { kind: 'Aborted' } });
  expect(its.cluster.writes).toEqual([]);
});

it('hands on what the API server refuses', async () => {
  const its = world();
  const refuse = async () => failed('Forbidden', 'x');
  for (const client of [
    { ...its.deps.client, get: refuse },
    { ...its.deps.client, create: refuse },
  ]) {
    const outcome = await reconcileAuthority({ ...its.deps, client }, undefined);
    expect(outcome).toMatchObject({ error: { kind: 'Forbidden' } });
  }
});

describe('a Secret that is not as it should be', () => {
  const whole = writeAuthority(authorityOf(authority));
  const asFound = (data: Record<string, string>, more: JsonObject = {}): JsonObject => ({
    type: 'Opaque',
    data: writeSecretData(data),
    ...more,
  });

  it.each<[string, JsonObject]>([
    ['empty, as a chart may make it', { type: 'Opaque' }],
    ['with data that is null', { type: 'Opaque', data: null }],
    ['half written', asFound({ 'ca.crt': authority.pem })],
    ['foreign', asFound({ 'ca.crt': foreign.cert, 'ca.key': foreign.key })],
    ['no authority at all', asFound({ password: 'x' })],
    [
      'of another type',
      asFound({ 'tls.crt': foreign.cert, 'tls.key': foreign.key }, { type: 'kubernetes.io/tls' }),
    ],
    ['immutable', asFound({ 'ca.crt': 'x' }, { immutable: true })],
  ])('is repaired: %s', async (_, content) => {
    const its = world();
    its.cluster.set(SECRETS, CA, content);
    its.cluster.set(SECRETS, TLS, asFound({ 'tls.crt': server.pem, 'tls.key': authority.key }));
    const { bundle } = await both(its);
    const stored = its.stored();
    expect(stored).toMatchObject({ debris: false, next: undefined });
    expect(bundle).toBe(stored.current?.pem);
    expect(its.cluster.get(SECRETS, CA)?.type).toBe('Opaque');
    const { current } = stored;
    const repaired = its.server();
    expect(current !== undefined && repaired !== undefined && isSignedBy(repaired, current)).toBe(true);
    expect((await both(its)).done).toEqual([]);
  });

  it('keeps the labels and annotations of whoever made it', async () => {
    const its = world();
    const metadata = { labels: { 'app.kubernetes.io/managed-by': 'Helm' }, annotations: { a: 'b' } };
    its.cluster.set(SECRETS, CA, { type: 'Opaque', metadata });
    await both(its);
    expect(its.cluster.get(SECRETS, CA)?.metadata).toMatchObject(metadata);
  });

  it('loses what is broken in it, and nothing else', async () => {
    const its = world();
    its.cluster.set(SECRETS, CA, asFound({ ...whole, 'next.crt': authority.pem, 'next.published': 'x' }));
    await both(its);
    expect(writeAuthority(good(await reconcileAuthority(its.deps, undefined)).authority)).toEqual(whole);
    expect(readSecretData(its.cluster.get(SECRETS, CA)?.data)).toEqual(whole);
  });

  it('whose key is lost stays trusted until its servers have another certificate', async () => {
    const its = world();
    its.cluster.set(SECRETS, CA, asFound({ 'ca.crt': authority.pem }));
    its.cluster.set(SECRETS, TLS, asFound({ 'tls.crt': server.pem, 'tls.key': server.key }));
    const { bundle } = await both(its);
    expect(bundle).toContain(authority.pem);
    its.issuing.time += DAY;
    expect((await both(its)).bundle).toBe(its.stored().current?.pem);
  });

  it('that is being deleted is waited for', async () => {
    const its = world();
    its.cluster.set(SECRETS, CA, { type: 'Opaque', metadata: { deletionTimestamp: '2026-11-23T12:00:00Z' } });
    expect(await reconcileAuthority(its.deps, undefined)).toMatchObject({ error: { kind: 'Conflict' } });
    its.cluster.set(SECRETS, CA, undefined);
    expect((await both(its)).done).toHaveLength(2);
  });
});

describe('replicas that come at once', () => {
  it('end with one authority and one certificate, in whatever order their calls arrive', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 4 }), async (scheduler, replicas) => {
        const its = world(() => scheduler.schedule(Promise.resolve()));
        const start = async () => {
          const authority = good(await reconcileAuthority(its.deps, undefined));
          good(await reconcileServer(its.deps, NAMES));
          return authority.bundle;
        };
        const bundles = Promise.all(Array.from({ length: replicas }, start));
        await scheduler.waitFor(bundles);
        expect(new Set(await bundles)).toEqual(new Set([its.stored().current?.pem]));
        const [server, current] = [its.server(), its.stored().current];
        expect(server !== undefined && current !== undefined && isSignedBy(server, current)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('begin one rotation, and give up no authority before its time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        let mixed = false;
        const its = world(async () => (mixed ? scheduler.schedule(Promise.resolve()) : undefined));
        const { bundle, authority } = await both(its);
        its.issuing.time += 275 * DAY;
        mixed = true;
        const all = Promise.all([1, 2, 3].map(() => reconcileAuthority(its.deps, bundle)));
        await scheduler.waitFor(all);
        const bundles = (await all).map((outcome) => good(outcome).bundle);
        expect(new Set(bundles).size).toBe(1);
        const stored = its.stored();
        expect(stored.current?.pem).toBe(authority.current.pem);
        expect(stored.next?.publishedAt).toBeUndefined();
      }),
      { numRuns: 20 },
    );
  });

  it('that write against each other give up with a Conflict', async () => {
    const its = world();
    const client = { ...its.deps.client, create: async () => failed('AlreadyExists', 'x') };
    const outcome = await reconcileAuthority({ ...its.deps, client }, undefined);
    expect(outcome).toMatchObject({
      error: { kind: 'Conflict', message: expect.stringContaining('others') },
    });
  });
});
