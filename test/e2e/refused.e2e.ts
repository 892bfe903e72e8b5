// Pods that cannot be guarded: each is refused when it is created, with words that help.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { REFUSALS, type RefusalReason } from '../../src/injection/refusals.ts';
import { isJsonObject, type JsonObject } from '../../src/matching/json.ts';
import { AGENT, appDeployment, appPod, appService, binding, PORT, source } from './objects.ts';
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
  const pod = appPod({ ...{ name, namespace, image: world.image, labels: asked, annotations } });
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

test.each(Object.entries(CASES))('%s', async (reason, wanted) => {
  const pod = podOf(wanted, wanted.name ?? reason.toLowerCase());
  const { code, stderr } = await world.k.try(['create', '-f', '-'], JSON.stringify(pod));
  expect(code, stderr).toBe(1);
  const { sentence, remedy } = REFUSALS[reason as RefusalReason];
  expect(stderr).toContain(sentence);
  expect(stderr).toContain(remedy);
});

test('the same pod without the hindrance is let in', async () => {
  const pod = podOf({}, 'fine');
  expect(await world.k.try(['create', '--dry-run=server', '-f', '-'], JSON.stringify(pod))).toMatchObject({
    code: 0,
  });
});

test('who looks at the workload is told', async () => {
  const { k, image } = world;
  const labels = { 'portcullis.dev/inject': 'true' };
  await k.apply(
    appDeployment({ name: 'stuck', namespace: FREE, image, labels, spec: { hostNetwork: true } }),
  );
  const events = async () =>
    (await k.list('events.events.k8s.io', FREE)).map((event) => JSON.stringify(event));
  await expect
    .poll(events, WAIT)
    .toContainEqual(
      expect.stringMatching(/"kind":"ReplicaSet".*HostNetwork|HostNetwork.*"kind":"ReplicaSet"/),
    );
});
