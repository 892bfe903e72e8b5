// An app that speaks TLS, and callers that do: its guard is between them, and follows their certificates.

import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { type Authority, createAuthority } from '../../src/issuers/testing/certificates.ts';
import type { Sent } from './agent/protocol.ts';
import { guard, keys, withToken } from './keyed.ts';
import { AGENT, appContainer, appDeployment } from './objects.ts';
import { conditionOf, messageOf, nameOf, podsOf, restartsOf } from './pods.ts';
import { enter, type World } from './world.ts';

const NAMESPACE = 'tls';
const PORT = 8443;
const WAIT = { timeout: 90_000, interval: 200 };
const hostOf = (name: string): string => `${name}.${NAMESPACE}.svc.cluster.local`;

let world: World;
let authority: Authority;

beforeAll(async () => {
  world = await enter();
  authority = await createAuthority('apps');
  const { k } = world;
  await world.namespace(NAMESPACE);
  const caFrom = { configMapKeyRef: { name: 'authorities', key: 'ca.crt' } };
  const serverName = hostOf('plain');
  await k.apply(
    keys(NAMESPACE),
    authorities(authority),
    // Of the app itself, in both workloads.
    await certificate('app', serverName),
    await certificate('callers', hostOf('both')),
    ...guarded('plain', { caFrom, serverName }),
    ...guarded('both', { caFrom, serverName, secretName: 'callers' }),
  );
  for (const name of ['plain', 'both']) {
    await k.wait('condition=Available', `deployment/${name}`, NAMESPACE);
    await k.wait('condition=Ready', `apibinding/${name}`, NAMESPACE);
  }
});
afterAll(() => world?.leave());

const authorities = (trusted: Authority): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'authorities', namespace: NAMESPACE },
  data: { 'ca.crt': trusted.certificate },
});

async function certificate(name: string, host: string): Promise<JsonObject> {
  const { cert, key } = await authority.issue([host]);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: NAMESPACE },
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': cert, 'tls.key': key },
  };
}

/** A workload that speaks TLS, its Service and its binding. */
function guarded(name: string, tls: JsonObject): readonly JsonObject[] {
  const { image } = world;
  const app = {
    ...appContainer({ image }),
    command: ['node', '/agent/agent.cjs', 'app', String(PORT)],
    env: [{ name: 'APP_TLS', value: '/tls' }],
    ports: [{ name: 'https', containerPort: PORT }],
    readinessProbe: { httpGet: { path: '/health', port: 'https', scheme: 'HTTPS' }, periodSeconds: 1 },
    volumeMounts: [
      { name: AGENT, mountPath: '/agent' },
      { name: 'tls', mountPath: '/tls' },
    ],
  };
  const volumes = [
    { name: AGENT, configMap: { name: AGENT } },
    { name: 'tls', secret: { secretName: 'app' } },
  ];
  return [
    guard(NAMESPACE, name, { ports: [{ port: PORT, protocol: 'HTTPS', tls }] }),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: NAMESPACE },
      spec: { selector: { app: name }, ports: [{ name: 'https', port: 443, targetPort: 'https' }] },
    },
    appDeployment({ name, namespace: NAMESPACE, image, spec: { containers: [app], volumes } }),
  ];
}

/** Has the kubelet look at what the pods mount at once, which it would do in a minute. */
async function mounted(name: string): Promise<void> {
  const at = String(Date.now());
  await world.k.must([
    'annotate',
    'pod',
    '-n',
    NAMESPACE,
    '-l',
    `app=${name}`,
    '--overwrite',
    `looked=${at}`,
  ]);
}

async function expectJudged(sent: Sent): Promise<void> {
  const { client } = world;
  await expect.poll(() => client.outcome(sent), WAIT).toBe('401 token_missing');
  expect(await client.outcome({ ...withToken(sent.url), ...sent })).toBe('200');
  expect(await client.outcome({ ...withToken(sent.url, { aud: 'other' }), ...sent })).toBe(
    '401 audience_mismatch',
  );
}

it('callers speak plain HTTP to an app that speaks TLS', async () => {
  const url = `http://${hostOf('plain')}:443/x`;
  await expectJudged({ url });
  const { k } = world;
  const [pod] = await podsOf(k, NAMESPACE, 'plain');
  expect(JSON.parse((await world.client.send(withToken(url))).body)).toMatchObject({
    pod: nameOf(pod),
    path: '/x',
  });
  expect(conditionOf(await k.get('apibinding', 'plain', NAMESPACE), 'Guarded')).toBe('True Guarded');
});

it('callers speak TLS, too, and nothing else', async () => {
  await expectJudged({ url: `https://${hostOf('both')}/x`, ca: authority.certificate });
  // The code of a connection that was closed, and no status.
  const plain = await world.client.outcome(withToken(`http://${hostOf('both')}:443/x`));
  expect(plain).not.toMatch(/^\d/);
});

it('a certificate that is renewed is shown without a restart', async () => {
  const { k, client } = world;
  const sent = { ...withToken(`https://${hostOf('both')}/x`), ca: authority.certificate };
  const shown = async () => (await client.send(sent)).certificate;
  const before = await shown();
  const [pod] = await podsOf(k, NAMESPACE, 'both');
  await k.apply(await certificate('callers', hostOf('both')));
  await mounted('both');
  await expect.poll(shown, WAIT).not.toBe(before);
  expect(await client.outcome(sent)).toBe('200');
  const [after] = await podsOf(k, NAMESPACE, 'both');
  expect(nameOf(after)).toBe(nameOf(pod));
  expect(restartsOf(after, 'portcullis-envoy')).toBe(0);
});

it('an app whose certificate is of another authority gets nothing', async () => {
  const { k, client } = world;
  const sent = withToken(`http://${hostOf('plain')}:443/x`);
  await k.apply(authorities(await createAuthority('others')));
  await mounted('plain');
  await expect.poll(() => client.outcome(sent), WAIT).toMatch(/^503/);
  await k.apply(authorities(authority));
  await mounted('plain');
  await expect.poll(() => client.outcome(sent), WAIT).toBe('200');
});

it('what a pod waits for is named until it is there', async () => {
  const { k } = world;
  const name = 'late';
  const { cert, key } = await authority.issue([hostOf(name)]);
  /** Of no type that the API server would want to be whole. */
  const secret = (stringData: JsonObject): JsonObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: NAMESPACE },
    stringData,
  });
  const programmed = async () => messageOf(await k.get('apibinding', name, NAMESPACE), 'Programmed');
  const events = async () =>
    (await k.list('events', NAMESPACE)).map(({ reportingController, reason, note }) =>
      [reportingController, reason, note].join(' '),
    );
  const failed = 'kubelet FailedMount MountVolume.SetUp failed for volume "portcullis-tls" : ';

  await k.apply(...guarded(name, { secretName: name }));
  await expect
    .poll(programmed, WAIT)
    .toContain(`waits for Secret ${NAMESPACE}/${name}, which is not there. `);
  expect(await events()).toContain(`${failed}secret "${name}" not found`);

  await k.apply(secret({ 'tls.crt': cert }));
  await expect
    .poll(programmed, WAIT)
    .toContain(`waits for Secret ${NAMESPACE}/${name}, which has no key tls.key. `);
  expect(await events()).toContain(`${failed}references non-existent secret key: tls.key`);
  const [waiting] = await podsOf(k, NAMESPACE, name);

  await k.apply(secret({ 'tls.crt': cert, 'tls.key': key }));
  await k.wait('condition=Available', `deployment/${name}`, NAMESPACE);
  await k.wait('condition=Ready', `apibinding/${name}`, NAMESPACE);
  expect(await programmed()).not.toContain('waits for');
  const [pod] = await podsOf(k, NAMESPACE, name);
  expect(nameOf(pod)).toBe(nameOf(waiting));
  await expectJudged({ url: `https://${hostOf(name)}/x`, ca: authority.certificate });
});
