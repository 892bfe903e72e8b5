// Pods that cannot be guarded, or are refused by others: each with words that help, which status repeats as long as it lasts.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { isJsonObject, type JsonObject } from '../../src/base/json.ts';
import { REFUSALS, type RefusalReason } from '../../src/injection/refusals.ts';
import { AGENT, appDeployment, appPod, appService, binding, ours, PORT, source } from './objects.ts';
import { conditionOf } from './pods.ts';
import { enter, type World } from './world.ts';

const FREE = 'refused';
const RESTRICTED = 'refused-restricted';
const WAIT = { timeout: 60_000, interval: 200 };

let world: World;

beforeAll(async () => {
  world = await enter();
  const { k } = world;
  await world.namespace(FREE);
  await world.namespace(RESTRICTED);
  await k.must(['label', 'namespace', RESTRICTED, 'pod-security.kubernetes.io/enforce=restricted']);
  const bare = source(FREE, 'keys', { issuer: 'https://id.example', audiences: ['x'] });
  await k.apply(
    bare,
    appService('numbered', FREE, { targetPort: PORT }),
    binding(FREE, 'numbered', { sources: [{ name: 'keys' }] }),
  );
});
afterAll(() => world?.leave());

interface Wanted {
  readonly spec?: JsonObject;
  readonly labels?: JsonObject;
  readonly annotations?: JsonObject;
  readonly name?: string;
  readonly namespace?: string;
  /** Merged into the container. */
  readonly container?: JsonObject;
}

const NAMED = { 'portcullis.dev/capture': 'NamedPort' };
const named = (...ports: readonly JsonObject[]): Wanted => ({ annotations: NAMED, container: { ports } });

/** What nearly every pod could be; a mirror of a static pod cannot be made by hand. */
const CASES: Readonly<Record<Exclude<RefusalReason, 'StaticPod'>, Wanted>> = {
  HostNetwork: { spec: { hostNetwork: true } },
  Windows: { spec: { nodeSelector: { 'kubernetes.io/os': 'windows' } } },
  DnsUnusable: { spec: { dnsPolicy: 'Default' } },
  IstioSidecar: {
    spec: { initContainers: [{ name: 'istio-proxy', image: 'istio/proxyv2', restartPolicy: 'Always' }] },
  },
  IstioAmbient: { labels: { 'istio.io/dataplane-mode': 'ambient' } },
  LinkerdSidecar: {
    spec: { initContainers: [{ name: 'linkerd-proxy', image: 'linkerd/proxy', restartPolicy: 'Always' }] },
  },
  MeshSidecar: { annotations: { 'dapr.io/enabled': 'true' } },
  NetAdminForbidden: { namespace: RESTRICTED },
  ProcessesShared: { spec: { shareProcessNamespace: true } },
  NameTaken: {
    spec: {
      volumes: [
        { name: AGENT, configMap: { name: AGENT } },
        { name: 'portcullis-state', emptyDir: {} },
      ],
    },
  },
  PortTaken: { container: { ports: [{ containerPort: 15_904 }] } },
  TooManyPorts: {
    container: { ports: Array.from({ length: 46 }, (_, index) => ({ containerPort: 8000 + index })) },
  },
  PortsUnknown: { container: { ports: [] } },
  PortIsTLS: { container: { ports: [{ name: 'https', containerPort: 8443 }] } },
  PortUnnamed: named({ containerPort: PORT }),
  PortNameShared: {
    ...named({ name: 'http', containerPort: PORT }),
    spec: {
      initContainers: [
        {
          name: 'more',
          image: 'more',
          restartPolicy: 'Always',
          ports: [{ name: 'http', containerPort: 8081 }],
        },
      ],
    },
  },
  HostPort: named({ name: 'http', containerPort: PORT, hostPort: PORT }),
  NumericTargetPort: { name: 'numbered', annotations: NAMED },
  ProbeUnusable: {
    container: {
      readinessProbe: {
        httpGet: { path: '/', port: PORT, httpHeaders: [{ name: 'X-Name', value: 'Grüße ✓' }] },
      },
    },
  },
  LabelUnknown: { labels: { 'portcullis.dev/inject': 'yes' } },
  CaptureUnknown: { annotations: { 'portcullis.dev/capture': 'Iptables' } },
  AnnotationUnknown: { annotations: { 'portcullis.dev/underscore-headers': 'Keep' } },
  QuantityInvalid: { annotations: { 'portcullis.dev/envoy-memory-limit': 'much' } },
  InjectionBroken: {
    labels: { 'portcullis.dev/injected': '0.0.1' },
    spec: {
      initContainers: [
        { name: 'portcullis-validator', image: 'x', env: [{ name: 'PORTCULLIS_PROBE_TARGETS', value: '{' }] },
      ],
    },
  },
};

function podOf(wanted: Wanted, name: string): JsonObject {
  const { namespace = FREE, labels = {}, annotations = {}, spec = {}, container = {} } = wanted;
  const asked = { 'portcullis.dev/inject': 'true', ...labels };
  const pod = appPod({ name, namespace, image: world.image, labels: asked, annotations });
  const own = isJsonObject(pod.spec) ? pod.spec : {};
  const [app] = Array.isArray(own.containers) ? own.containers.filter(isJsonObject) : [];
  const metadata = isJsonObject(pod.metadata) ? pod.metadata : {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name, namespace },
    spec: { ...own, containers: [{ ...app, ...container }], ...spec },
  };
}

it.each(Object.entries(CASES))('%s', async (reason, wanted) => {
  const pod = podOf(wanted, wanted.name ?? reason.toLowerCase());
  const { code, stderr } = await world.k.try(['create', '-f', '-'], JSON.stringify(pod));
  expect(code, stderr).toBe(1);
  const { sentence, remedy } = REFUSALS[reason as RefusalReason];
  expect(stderr).toContain(sentence);
  expect(stderr).toContain(remedy);
});

it('the same pod without the hindrance is let in', async () => {
  const pod = podOf({}, 'fine');
  expect(await world.k.try(['create', '--dry-run=server', '-f', '-'], JSON.stringify(pod))).toMatchObject({
    code: 0,
  });
});

it('who looks at the workload is told', async () => {
  const { k, image } = world;
  const labels = { 'portcullis.dev/inject': 'true' };
  await k.apply(
    appDeployment({ name: 'stuck', namespace: FREE, image, labels, spec: { hostNetwork: true } }),
  );
  const events = async () => (await k.list('events', FREE)).map((event) => JSON.stringify(event));
  await expect
    .poll(events, WAIT)
    .toContainEqual(
      expect.stringMatching(/"kind":"ReplicaSet".*HostNetwork|HostNetwork.*"kind":"ReplicaSet"/),
    );
});

it('status says of workloads of every kind why their pods are refused, until they are there', async () => {
  const { k, image } = world;
  const namespace = 'refused-quota';
  await world.namespace(namespace);
  await k.apply(
    source(namespace, 'keys', { issuer: 'https://id.example', audiences: ['x'] }),
    ours('ApiBinding', namespace, 'all', {
      podSelector: { matchLabels: { refused: 'all' } },
      ports: [{ port: PORT }],
      sources: [{ name: 'keys' }],
    }),
    quota(namespace),
  );
  const made = (apiVersion: string, kind: string, rest: JsonObject, spec: JsonObject = {}): JsonObject => {
    const name = kind.toLowerCase();
    const template = appPod({ name, namespace, image, labels: { refused: 'all' }, spec });
    return { apiVersion, kind, metadata: { name, namespace }, spec: { template, ...rest } };
  };
  const chosen = (kind: string): JsonObject => ({ selector: { matchLabels: { app: kind.toLowerCase() } } });
  const job = {
    template: appPod({
      name: 'cron',
      namespace,
      image,
      labels: { refused: 'all' },
      spec: { restartPolicy: 'Never' },
    }),
  };
  await k.apply(
    made('apps/v1', 'StatefulSet', { ...chosen('StatefulSet'), serviceName: 'none' }),
    made('apps/v1', 'DaemonSet', chosen('DaemonSet')),
    made('apps/v1', 'ReplicaSet', chosen('ReplicaSet')),
    made('v1', 'ReplicationController', { selector: { app: 'replicationcontroller' } }),
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'cron', namespace },
      spec: { schedule: '0 3 1 1 *', jobTemplate: { spec: job } },
    },
  );
  await k.must(['create', 'job', 'tonight', '--from=cronjob/cron', '-n', namespace]);
  const bound = () => k.get('apibinding', 'all', namespace);
  const names = ['DaemonSet', 'ReplicaSet', 'ReplicationController', 'StatefulSet'].map(
    (kind) => `${kind} ${namespace}/${kind.toLowerCase()}: pods `,
  );
  for (const words of [...names, `Job ${namespace}/tonight: pods `, 'exceeded quota: none']) {
    await expect.poll(async () => JSON.stringify(await bound()), WAIT).toContain(words);
  }
  expect(conditionOf(await bound(), 'Guarded')).toBe('False PodsRefused');
  await k.must(['delete', 'resourcequota', 'none', '-n', namespace]);
  // Their controllers would try again by themselves, later each time.
  const all = 'statefulset,daemonset,replicaset,replicationcontroller,job';
  await k.must(['annotate', all, '--all', 'again=1', '-n', namespace]);
  await expect.poll(async () => conditionOf(await bound(), 'Guarded'), WAIT).toMatch(/^True /);
});

/** No pod at all. */
const quota = (namespace: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'none', namespace },
  spec: { hard: { pods: '0' } },
});
