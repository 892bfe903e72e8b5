/** Certificates that others make, in a real API server: published and served by an operator that may make none. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { writeSecretData, writeServer } from '../../src/operator/certificates/authority.ts';
import { serviceNames } from '../../src/operator/certificates/names.ts';
import { authorityMade, serverMade } from '../../src/operator/certificates/testing/issuing.ts';
import { temporaryFolder } from '../support/server.ts';
import { helmTest } from './helm-test.ts';
import { type Installed, installed, namespace } from './installed.ts';
import { HOME } from './render.ts';

const SOON = { timeout: 45_000, interval: 100 };

let world: Installed;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder('cert-manager');
  world = await installed([
    namespace('shop', { 'portcullis.dev/injection': 'enabled' }),
    kindOfCertManager('Certificate', 'certificates'),
    kindOfCertManager('Issuer', 'issuers'),
  ]);
  await world.kubectl(['wait', '--for=condition=Established', '--timeout=45s', 'crd', '--all']);
  await world.install({ certificates: { source: 'CertManager' } });
});
afterAll(async () => {
  await world?.stop();
  await folder?.remove();
});

/** Does what cert-manager does; returns what it puts into ca.crt. */
async function issue(): Promise<string> {
  const authority = await authorityMade(Date.now());
  const names = serviceNames(['portcullis-webhook', 'portcullis-policy'], HOME);
  const data = { ...writeServer(await serverMade(Date.now(), authority, names)), 'ca.crt': authority.pem };
  await world.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: HOME, name: 'portcullis-tls' },
    type: 'kubernetes.io/tls',
    data: writeSecretData(data),
  });
  return authority.pem;
}

async function published(): Promise<readonly string[]> {
  const bundle = ['-n', 'shop', 'get', 'configmap/portcullis-ca', '-o', 'jsonpath={.data.ca\\.crt}'];
  const kinds = 'validatingwebhookconfiguration,mutatingwebhookconfiguration';
  const jsonpath = 'jsonpath={.items[*].webhooks[*].clientConfig.caBundle}';
  const caBundles = (await world.kubectl(['get', kinds, '-o', jsonpath])).split(' ');
  const texts = caBundles.map((text) => Buffer.from(text, 'base64').toString());
  return [...new Set([await world.kubectl(bundle), ...texts])];
}

describe('an operator whose certificates others make', () => {
  it('publishes their authority, and serves by their certificate', async () => {
    const ca = await issue();
    await world.startOperator(['--provided-certificates']);
    await vi.waitFor(async () => expect(await published()).toEqual([ca]), SOON);
    expect(await helmTest(world, folder.path)).toMatchObject({ code: 0 });
  });

  it('follows them when they are made anew', async () => {
    const ca = await issue();
    // It looks at once when namespaces change.
    await world.apply(namespace('another'));
    await vi.waitFor(async () => expect(await published()).toEqual([ca]), SOON);
    await vi.waitFor(async () => expect(await helmTest(world, folder.path)).toMatchObject({ code: 0 }), SOON);
  });

  it("has written no Secret but the keys of the webhooks' paths, and was refused nothing", async () => {
    const asked = await world.asked();
    const ofSecrets = asked.filter(({ what }) => what.endsWith(' secrets'));
    const verbs = ['get secrets', 'list secrets', 'update secrets', 'watch secrets'];
    expect([...new Set(ofSecrets.map(({ what }) => what))].toSorted()).toEqual(verbs);
    const written = ofSecrets.filter(({ what }) => what === 'update secrets').map(({ where }) => where);
    expect([...new Set(written)]).toEqual([`${HOME}/portcullis-webhook`]);
    expect(asked.filter(({ code }) => code === 403)).toEqual([]);
  });
});

/** As much of its CRDs as the API server needs to take the chart's objects. */
function kindOfCertManager(kind: string, plural: string): JsonObject {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.cert-manager.io` },
    spec: {
      group: 'cert-manager.io',
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
}
