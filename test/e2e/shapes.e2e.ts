// Pods of every shape: each is guarded as it is, and goes on doing its own work.

import { afterAll, beforeAll, type ExpectStatic, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { guard, keys, withToken } from './keyed.ts';
import { AGENT, appContainer, appDeployment, appPod, appService, PORT } from './objects.ts';
import { addressesOf, conditionOf, inUrl, podsOf } from './pods.ts';
import { enter, type World } from './world.ts';

const WAIT = { timeout: 90_000, interval: 200 };

let world: World;

beforeAll(async () => {
  world = await enter();
});
afterAll(() => world?.leave());

const serviceUrl = (namespace: string): string => `http://api.${namespace}.svc.cluster.local/x`;

async function expectGuarded(expect: ExpectStatic, url: string): Promise<void> {
  const { client } = world;
  await expect.poll(() => client.outcome({ url }), WAIT).toBe('401 token_missing');
  expect(await client.outcome(withToken(url))).toBe('200');
}

it.concurrent('a namespace of the level restricted, by capture NamedPort', async ({ expect }) => {
  const { k, image } = world;
  const namespace = 'restricted';
  await world.namespace(namespace, { 'portcullis.dev/capture': 'NamedPort' });
  await k.must(['label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=restricted']);
  const container = appContainer({ image });
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const spec = {
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [{ ...container, securityContext }],
  };
  await k.apply(keys(namespace), guard(namespace, 'api'), appService('api', namespace));
  await k.apply(appDeployment({ name: 'api', namespace, image, spec }));
  await k.wait('condition=Available', 'deployment/api', namespace);
  await expectGuarded(expect, serviceUrl(namespace));
  // The bare port stays open to whoever knows it: status says so, as long as no NetworkPolicy closes it.
  const guarded = async () => conditionOf(await k.get('apibinding', 'api', namespace), 'Guarded');
  await expect.poll(guarded, WAIT).toBe('False BypassPossible');
});

/** Of a pod that is asked to have its guard, and whose only container does this and ends. */
function jobTemplate(namespace: string, script: string): JsonObject {
  const container = appContainer({ image: world.image });
  return appPod({
    name: 'job',
    namespace,
    image: world.image,
    labels: { 'portcullis.dev/inject': 'true' },
    spec: {
      restartPolicy: 'Never',
      containers: [{ ...container, command: ['node', '-e', script], lifecycle: {} }],
    },
  });
}

it.concurrent('a Job ends when its own work is done, and as it ended', async () => {
  const { k } = world;
  const namespace = 'jobs';
  await world.namespace(namespace);
  const job = (name: string, script: string): JsonObject => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace },
    spec: { backoffLimit: 0, template: jobTemplate(namespace, script) },
  });
  const nightly: JsonObject = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'nightly', namespace },
    spec: { schedule: '0 3 1 1 *', jobTemplate: { spec: { template: jobTemplate(namespace, '0') } } },
  };
  await k.apply(job('good', '0'), job('bad', 'process.exit(3)'), nightly);
  await k.must(['create', 'job', 'tonight', '--from=cronjob/nightly', '-n', namespace]);
  await k.wait('condition=Complete', 'job/good', namespace);
  await k.wait('condition=Complete', 'job/tonight', namespace);
  await k.wait('condition=Failed', 'job/bad', namespace);
});

it.concurrent('init containers, sidecars, several apps, limits and a quota, and no token of its own', async ({
  expect,
}) => {
  const { k, client, image } = world;
  const namespace = 'much';
  await world.namespace(namespace);
  const largest = { cpu: '1', memory: '512Mi' };
  const limits = [
    { type: 'Container', default: largest, defaultRequest: { cpu: '10m', memory: '32Mi' }, max: largest },
  ];
  const hard = { 'requests.cpu': '2', 'requests.memory': '2Gi', 'limits.cpu': '16', 'limits.memory': '8Gi' };
  await k.apply(
    {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'limits', namespace },
      spec: { limits },
    },
    {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'quota', namespace },
      spec: { hard },
    },
  );
  await k.apply(keys(namespace), appService('api', namespace));
  await k.apply(guard(namespace, 'api', { ports: [{ port: PORT }, { port: 8081 }] }));

  const app = appContainer({ image });
  const bare = {
    image,
    imagePullPolicy: 'IfNotPresent',
    volumeMounts: [{ name: AGENT, mountPath: '/agent' }],
  };
  const run = (port: number) => ['node', '/agent/agent.cjs', 'app', String(port)];
  const second = {
    ...bare,
    name: 'second',
    command: run(8081),
    ports: [{ name: 'other', containerPort: 8081 }],
    startupProbe: { tcpSocket: { port: 8081 }, periodSeconds: 1 },
    livenessProbe: {
      httpGet: { path: '/health', port: 'other', httpHeaders: [{ name: 'X-Probe', value: 'yes' }] },
    },
  };
  const spec = {
    automountServiceAccountToken: false,
    initContainers: [
      { ...bare, name: 'first', command: ['node', '-e', '0'] },
      { ...bare, name: 'helper', command: run(8082), restartPolicy: 'Always' },
    ],
    containers: [app, second],
  };
  // Without this, the limits of the namespace would keep the sidecar out, and the pod with it.
  const annotations = { 'portcullis.dev/envoy-cpu-limit': '1' };
  await k.apply(appDeployment({ name: 'api', namespace, image, spec, annotations }));
  await k.wait('condition=Available', 'deployment/api', namespace);
  const address = inUrl(addressesOf((await podsOf(k, namespace, 'api'))[0])[0] ?? '');
  await expectGuarded(expect, `http://${address}:${PORT}/x`);
  await expectGuarded(expect, `http://${address}:8081/x`);
  // Nobody asked for this one.
  expect(await client.outcome({ url: `http://${address}:8082/x` })).toBe('200');
});
