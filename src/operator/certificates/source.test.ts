import { describe, expect, it } from 'vitest';
import { fakeClock, settle } from '../../base/testing/clock.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { fakeWatches, page } from '../../kubernetes/testing/watches.ts';
import { type SecretData, writeSecretData, writeServer } from './authority.ts';
import { followServerCertificate } from './source.ts';
import { authorityMade, START, serverMade } from './testing/issuing.ts';

const authority = await authorityMade(START);
const [one, other] = await Promise.all([serverMade(START, authority), serverMade(START, authority)]);

function secret(resourceVersion: string, data: SecretData): KubernetesObject {
  const metadata = { name: 'portcullis-tls', namespace: 'system', uid: 'u', resourceVersion };
  return { metadata, data: writeSecretData(data) };
}

async function following(...items: readonly KubernetesObject[]) {
  const server = fakeWatches();
  server.listing(page('1', ...items));
  let broken = 0;
  const follower = followServerCertificate({
    client: server.client,
    clock: fakeClock(),
    random: () => 0,
    namespace: 'system',
    onBroken: () => {
      broken += 1;
    },
  });
  await settle();
  return { server, follower, broken: () => broken };
}

const source = async ({ follower }: Awaited<ReturnType<typeof following>>) => {
  const ready = await follower.ready();
  if (ready === undefined) throw new Error('it was stopped');
  return ready;
};

describe("the servers' certificate", () => {
  it('is followed in its one Secret, and each new one is told', async () => {
    const its = await following(secret('1', writeServer(one)));
    expect(its.server.lists[0]).toMatchObject({
      namespace: 'system',
      fieldSelector: 'metadata.name=portcullis-tls',
    });
    const certificates = await source(its);
    expect(certificates.current()).toEqual({ cert: one.pem, key: one.key });
    const told: string[] = [];
    const end = certificates.onChange(({ cert }) => told.push(cert));
    its.server.last().send({ kind: 'modified', object: secret('2', writeServer(other)) });
    await settle();
    expect([told, certificates.current().cert]).toEqual([[other.pem], other.pem]);
    // The same with other labels.
    its.server.last().send({ kind: 'modified', object: secret('3', writeServer(other)) });
    await settle();
    end();
    its.server.last().send({ kind: 'modified', object: secret('4', writeServer(one)) });
    await settle();
    expect([told.length, certificates.current().cert]).toEqual([1, one.pem]);
    await its.follower.stop();
  });

  it('is shown with the authorities between it and the one that is trusted', async () => {
    const chain = `${one.pem}\n${authority.pem}`;
    const its = await following(secret('1', { ...writeServer(one), 'tls.crt': chain }));
    const { cert } = (await source(its)).current();
    expect(cert).toBe(`${one.pem}${authority.pem}`);
    await its.follower.stop();
  });

  it('is waited for', async () => {
    const its = await following();
    let ready = false;
    void its.follower.ready().then(() => {
      ready = true;
    });
    its.server.last().send({ kind: 'added', object: secret('2', {}) });
    await settle();
    expect([ready, its.broken()]).toEqual([false, 1]);
    its.server.last().send({ kind: 'modified', object: secret('3', writeServer(one)) });
    await settle();
    expect([ready, its.broken()]).toEqual([true, 1]);
    await its.follower.stop();
  });

  it('stays when its Secret is broken or gone', async () => {
    const its = await following(secret('1', writeServer(one)));
    const certificates = await source(its);
    const mixed = { 'tls.crt': one.pem, 'tls.key': other.key };
    its.server.last().send({ kind: 'modified', object: secret('2', mixed) });
    its.server.last().send({ kind: 'deleted', object: secret('3', {}) });
    await settle();
    expect([certificates.current().key, its.broken()]).toEqual([one.key, 1]);
    its.server.last().send({ kind: 'added', object: secret('4', writeServer(other)) });
    await settle();
    expect(certificates.current().key).toBe(other.key);
    await its.follower.stop();
  });

  it('is not waited for any more when it is stopped', async () => {
    const { follower } = await following();
    await follower.stop();
    expect(await follower.ready()).toBeUndefined();
  });
});
