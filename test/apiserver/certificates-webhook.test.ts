/** The API server calls a webhook over the operator's TLS: through every step of a rotation, with no restart. */

import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { good } from '../../src/kubernetes/testing/outcomes.ts';
import { serviceNames } from '../../src/operator/certificates/names.ts';
import { reconcileConfiguration } from '../../src/operator/certificates/publish.ts';
import { reconcileAuthority, reconcileServer } from '../../src/operator/certificates/reconcile.ts';
import { type CertificateFollower, followServerCertificate } from '../../src/operator/certificates/source.ts';
import { RESOURCES } from '../../src/operator/resources.ts';
import { type CertificatesWorld, certificatesWorld, HOME } from './certificates-world.ts';
import { type ApiServer, startApiServer } from './harness.ts';

const DAY = 86_400_000;
const NAMES = serviceNames(['portcullis-webhook'], HOME);

let server: ApiServer;
let world: CertificatesWorld;
let webhook: Server;
let follower: CertificateFollower;
let port: number;
/** Serial numbers of the certificates that were shown, as often as they were. */
const shown: string[] = [];

beforeAll(async () => {
  server = await startApiServer();
  world = await certificatesWorld(server);
  webhook = createServer((request, response) => {
    void json(request).then((review) => {
      const { uid } = (review as { readonly request: { readonly uid: string } }).request;
      const refusal = { uid, allowed: false, status: { message: 'refused over our TLS', code: 403 } };
      const answer = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: refusal };
      response.setHeader('content-type', 'application/json').setHeader('connection', 'close');
      response.end(JSON.stringify(answer));
    });
  });
  await once(webhook.listen(0, '127.0.0.1'), 'listening');
  const address = webhook.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
  follower = followServerCertificate({
    client: world.connected.client,
    clock: systemClock,
    random: Math.random,
    namespace: HOME,
  });
});
afterAll(async () => {
  await follower?.stop();
  webhook?.close();
  webhook?.closeAllConnections();
  await world?.close();
  await server?.stop();
});

const caBundle = (resource: typeof RESOURCES.ValidatingWebhookConfiguration, bundle: string) =>
  reconcileConfiguration(world.deps, resource, 'portcullis', { bundle, key: 'key' });

/** As the leader does it: authority, bundle, servers. */
async function reconcile(published?: string) {
  const { bundle } = good(await reconcileAuthority(world.deps, published));
  const written = [RESOURCES.ValidatingWebhookConfiguration, RESOURCES.MutatingWebhookConfiguration].map(
    async (kind) => good(await caBundle(kind, bundle)),
  );
  const results = await Promise.all(written);
  good(await reconcileServer(world.deps, NAMES));
  return { bundle, results };
}

function configuration(kind: string): object {
  const common = {
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy: 'Fail',
    timeoutSeconds: 5,
  };
  // The name that the certificate is checked for is that of the Service; this one leads to the test.
  const clientConfig = { service: { namespace: HOME, name: 'portcullis-webhook', port, path: '/review' } };
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] };
  const objectSelector = { matchLabels: { guarded: 'true' } };
  const webhook = { ...common, clientConfig, rules: [rule], objectSelector };
  // The mutating one asks for nothing: the validating one answers.
  const idle = { ...webhook, objectSelector: { matchLabels: { guarded: 'never' } } };
  const webhooks = kind.startsWith('V')
    ? [
        { ...webhook, name: 'a.portcullis.dev' },
        { ...idle, name: 'b.portcullis.dev' },
      ]
    : [{ ...idle, name: 'c.portcullis.dev' }];
  return { apiVersion: 'admissionregistration.k8s.io/v1', kind, metadata: { name: 'portcullis' }, webhooks };
}

/** What the API server says when it has to ask the webhook. */
async function ask(): Promise<string> {
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'x', namespace: 'default', labels: { guarded: 'true' } },
  };
  const { stderr } = await server.kubectl(['create', '-f', '-'], JSON.stringify(object));
  return stderr;
}

it('has nothing to write before there is a configuration', async () => {
  world.time = Date.now() - 278 * DAY;
  expect((await reconcile()).results).toEqual(['absent', 'absent']);
});

it('writes the caBundle of each webhook, and touches nothing else', async () => {
  const spec = { type: 'ExternalName', externalName: 'localhost' };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: HOME, name: 'portcullis-webhook' },
    spec,
  };
  await world.apply(
    service,
    configuration(RESOURCES.ValidatingWebhookConfiguration.kind),
    configuration(RESOURCES.MutatingWebhookConfiguration.kind),
  );
  const read = async (resource = RESOURCES.ValidatingWebhookConfiguration) =>
    good(await world.admin.client.get(resource, { name: 'portcullis' })).webhooks;
  const before = [await read(), await read(RESOURCES.MutatingWebhookConfiguration)];
  const { bundle, results } = await reconcile();
  expect(results).toEqual(['written', 'written']);
  const ca = Buffer.from(bundle).toString('base64');
  const after = JSON.stringify([await read(), await read(RESOURCES.MutatingWebhookConfiguration)]);
  expect(after.split(`,"caBundle":"${ca}"`)).toHaveLength(4);
  expect(JSON.parse(after.replaceAll(`,"caBundle":"${ca}"`, ''))).toEqual(before);
  expect((await reconcile()).results).toEqual(['keep', 'keep']);
  await world.kubectl(
    ...['patch', 'validatingwebhookconfiguration', 'portcullis', '--type=json', '-p'],
    '[{"op":"remove","path":"/webhooks/1/clientConfig/caBundle"}]',
  );
  expect((await reconcile()).results).toEqual(['written', 'keep']);
});

it('tries again where the webhooks are others than those that were read', async () => {
  const old = await world.admin.client.get(RESOURCES.ValidatingWebhookConfiguration, { name: 'portcullis' });
  const seen = good(old);
  const webhooks = Array.isArray(seen.webhooks) ? seen.webhooks.toReversed() : [];
  const deps = {
    ...world.deps,
    client: {
      ...world.connected.client,
      get: async () => ({ kind: 'ok' as const, value: { ...seen, webhooks } }),
    },
  };
  const outcome = await reconcileConfiguration(deps, RESOURCES.ValidatingWebhookConfiguration, 'portcullis', {
    bundle: 'another',
    key: 'key',
  });
  expect(outcome).toMatchObject({ error: { kind: 'Conflict' } });
});

it('is called over this TLS, before, during and after a rotation', async () => {
  const certificates = await follower.ready();
  if (certificates === undefined) throw new Error('there is no certificate');
  // Renewed as time goes by: one from the beginning has long expired by the clock of the API server.
  const serve = async () => {
    const wanted = (await world.secret('portcullis-tls'))['tls.crt'];
    await expect.poll(() => certificates.current().cert).toBe(wanted);
    shown.push(certificates.current().cert);
    webhook.setSecureContext(certificates.current());
  };
  const through = async () => {
    await serve();
    // At once: whichever caBundle the API server goes by at this moment, it trusts what is shown.
    expect(await ask()).toContain('refused over our TLS');
  };

  world.time = Date.now() - 3 * DAY - 3_600_000;
  const { bundle: old } = await reconcile();
  await serve();
  // The API server has a configuration that is a moment old.
  await expect.poll(ask, { timeout: 20_000 }).toContain('refused over our TLS');

  world.time = Date.now() - 2 * DAY - 3_600_000;
  const begun = await reconcile(old);
  expect(begun.bundle.startsWith(old)).toBe(true);
  await reconcile(begun.bundle);
  await through();

  world.time = Date.now() - DAY - 3_600_000;
  expect((await reconcile(begun.bundle)).bundle).toBe(begun.bundle);
  await through();
  expect(shown.at(-1)).not.toBe(shown[0]);

  world.time = Date.now();
  const over = await reconcile(begun.bundle);
  expect(old + over.bundle).toBe(begun.bundle);
  await through();
});

it('is not called where the API server trusts another', async () => {
  good(await caBundle(RESOURCES.ValidatingWebhookConfiguration, server.ca));
  await expect.poll(ask, { timeout: 20_000 }).toContain('certificate signed by unknown authority');
});
