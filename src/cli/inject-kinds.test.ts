/** `portcullis inject` with kinds that it does not know: guarded where the shape is the usual one, else named; never let through open. */

import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { injectCommand } from './inject.ts';
import { documentsOf, fileWith, runCommand } from './testing/run.ts';

const binding = {
  apiVersion: 'portcullis.dev/v1alpha1',
  kind: 'ApiBinding',
  metadata: { name: 'orders', namespace: 'shop' },
  spec: { targetRefs: [{ kind: 'Service', name: 'orders' }], sources: [{ name: 'okta' }] },
};
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'orders', namespace: 'shop' },
  spec: { selector: { app: 'orders' }, ports: [{ port: 80, targetPort: 8080 }] },
};
const metadata = { name: 'orders', namespace: 'shop' };
const podSpec = { containers: [{ name: 'web', image: 'shop/web', ports: [{ containerPort: 8080 }] }] };
const template = (labels: object = { app: 'orders' }) => ({ metadata: { labels }, spec: podSpec });
const made = (apiVersion: string, kind: string, rest: object) => ({ apiVersion, kind, metadata, ...rest });

const written = (document: object) => stringify(document, { aliasDuplicateObjects: false });
const run = (...documents: object[]) =>
  runCommand(injectCommand, ['-f', fileWith([binding, service, ...documents].map(written).join('---\n'))]);
const sidecars = (out: string) => out.match(/name: portcullis-(?:capture|validator|envoy)\n/g) ?? [];

it.each<[string, object]>([
  ['a Rollout of Argo', made('argoproj.io/v1alpha1', 'Rollout', { spec: { template: template() } })],
  [
    'a DeploymentConfig',
    made('apps.openshift.io/v1', 'DeploymentConfig', { spec: { template: template() } }),
  ],
  ['a PodTemplate', made('v1', 'PodTemplate', { template: template() })],
  ['a Deployment of old', made('extensions/v1beta1', 'Deployment', { spec: { template: template() } })],
  ['a StatefulSet of old', made('apps/v1beta1', 'StatefulSet', { spec: { template: template() } })],
  ['a DaemonSet of old', made('apps/v1beta2', 'DaemonSet', { spec: { template: template() } })],
  [
    'a CronJob of old',
    made('batch/v1beta1', 'CronJob', { spec: { jobTemplate: { spec: { template: template() } } } }),
  ],
  [
    'a CloneSet of OpenKruise',
    made('apps.kruise.io/v1alpha1', 'CloneSet', { spec: { template: template() } }),
  ],
  [
    'the items of a list that alone says what they are',
    {
      apiVersion: 'apps/v1',
      kind: 'DeploymentList',
      items: [{ metadata, spec: { template: template() } }],
    },
  ],
  [
    'a Rollout in a List in a List',
    {
      apiVersion: 'v1',
      kind: 'List',
      items: [
        {
          apiVersion: 'v1',
          kind: 'List',
          items: [made('argoproj.io/v1alpha1', 'Rollout', { spec: { template: template() } })],
        },
      ],
    },
  ],
])('guards %s', async (_, object) => {
  const { code, out, err } = await run(object);
  expect({ code, err }).toEqual({ code: 0, err: 'sidecars in 1 of 1 workload\n' });
  expect(sidecars(out)).toHaveLength(3);
  const again = await runCommand(injectCommand, ['-f', '-'], { stdin: out });
  expect(again.out).toBe(out);
  const other = JSON.parse(JSON.stringify(object).replaceAll('"app":"orders"', '"app":"other"'));
  expect(documentsOf((await run(other)).out)[2]).toEqual(other);
});

it('leaves a Rollout alone that takes the template of a Deployment', async () => {
  const rollout = made('argoproj.io/v1alpha1', 'Rollout', {
    spec: { workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'orders' } },
  });
  const { code, out } = await run(rollout, made('apps/v1', 'Deployment', { spec: { template: template() } }));
  expect(code).toBe(0);
  expect(documentsOf(out)[2]).toEqual(rollout);
  expect(sidecars(out)).toHaveLength(3);
});

const labels = { app: 'orders' };
/** Each with the place that the message names. */
const STRAYS: readonly (readonly [path: string, object: object])[] = [
  ['spec.podTemplate.spec', made('x.example/v1', 'Server', { spec: { podTemplate: template() } })],
  [
    'spec.tasks[1].template.spec',
    made('batch.volcano.sh/v1alpha1', 'Job', { spec: { tasks: [{}, { template: template() }] } }),
  ],
  [
    'spec.predictor',
    made('serving.kserve.io/v1beta1', 'InferenceService', { spec: { predictor: { ...podSpec, labels } } }),
  ],
  [
    'spec.predictor',
    {
      ...made('serving.kserve.io/v1beta1', 'InferenceService', { spec: { predictor: podSpec } }),
      metadata: { ...metadata, labels },
    },
  ],
  ['spec', made('monitoring.coreos.com/v1', 'Prometheus', { spec: { ...podSpec, podMetadata: { labels } } })],
  ['spec', { ...made('x.example/v1', 'Pod', { spec: podSpec }), metadata: { ...metadata, labels } }],
  [
    'spec.jobTargetRef.template.spec',
    made('keda.sh/v1alpha1', 'ScaledJob', { spec: { jobTargetRef: { template: template() } } }),
  ],
  [
    'spec.templates[0]',
    made('argoproj.io/v1alpha1', 'Workflow', {
      spec: { templates: [{ name: 'main', metadata: { labels }, container: { image: 'shop/web' } }] },
    }),
  ],
  [
    'objects[0].spec.template.spec',
    made('template.openshift.io/v1', 'Template', {
      objects: [made('apps/v1', 'Deployment', { spec: { template: template() } })],
    }),
  ],
  [
    'spec.canary.spec',
    made('x.example/v1', 'Twin', { spec: { template: template({ app: 'other' }), canary: template() } }),
  ],
];

it.each(STRAYS)('is an error that names the pod at %s', async (path, object) => {
  const { code, out, err } = await run(object);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^error: \S+one\.yaml:\d+: \w+ shop\/orders: ApiBinding shop\/orders targets it, /);
  expect(err).toContain(`its pod stands at ${path}, where sidecars cannot be put; `);
});

it.each(STRAYS)(
  'lets the object pass that nothing targets, or that wants no guard: %s',
  async (_, object) => {
    const text = JSON.stringify(object);
    const other = JSON.parse(text.replaceAll('"app":"orders"', '"app":"other"'));
    expect(documentsOf((await run(other)).out)[2]).toEqual(other);
    const out = '"app":"orders","portcullis.dev/inject":"false"';
    expect((await run(JSON.parse(text.replaceAll('"app":"orders"', out)))).code).toBe(0);
  },
);

it('is an error where a label asks, and no binding does', async () => {
  const object = made('x.example/v1', 'Server', {
    spec: { podTemplate: template({ 'portcullis.dev/inject': 'true' }) },
  });
  const { code, err } = await run(object);
  expect(code).toBe(1);
  expect(err).toContain(
    'Server shop/orders: its label portcullis.dev/inject asks for a guard, and its pod stands at',
  );
});

it('is an error where its namespace requires a guard', async () => {
  const shop = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop', labels: { 'portcullis.dev/injection': 'required' } },
  };
  const server = made('x.example/v1', 'Server', { spec: { podTemplate: template() } });
  const { code, err } = await runCommand(injectCommand, [
    '-f',
    fileWith([shop, service, server].map(written).join('---\n')),
  ]);
  expect(code).toBe(1);
  expect(err).toContain(
    'Server shop/orders: its namespace requires a guard for what a Service leads to, and its pod',
  );
});

it.each(['Service', 'Configuration'])('names the queue-proxy of Knative: %s', async (kind) => {
  const object = made('serving.knative.dev/v1', kind, { spec: { template: template() } });
  const { code, err } = await run(object);
  expect(code).toBe(1);
  expect(err).toContain(`${kind} shop/orders: ApiBinding shop/orders targets it, and the proxy of a mesh`);
  expect(err).toContain('Knative Serving (queue-proxy)');
  expect(err).toContain('(MeshSidecar)');
});

it('knows the labels that Knative gives to pods', async () => {
  const knative = {
    ...service,
    spec: { ...service.spec, selector: { 'serving.knative.dev/service': 'orders' } },
  };
  const object = made('serving.knative.dev/v1', 'Service', { spec: { template: { spec: podSpec } } });
  const text = [binding, knative, object].map(written).join('---\n');
  expect((await runCommand(injectCommand, ['-f', fileWith(text)])).err).toContain('(MeshSidecar)');
});

it('does not look at more pods of one object than it can tell', async () => {
  const tasks = Array.from({ length: 1001 }, () => ({ template: template({ app: 'other' }) }));
  const { code, err } = await run(made('x.example/v1', 'Many', { spec: { tasks } }));
  expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('more than 1000 pods') });
  expect((await run(made('x.example/v1', 'Many', { spec: { tasks: tasks.slice(1) } }))).code).toBe(0);
});

it('goes along lists as long as a file can hold', async () => {
  const list = JSON.stringify(
    made('x.example/v1', 'Long', { spec: { numbers: Array.from({ length: 200_000 }, () => 1) } }),
  );
  const { code } = await runCommand(injectCommand, ['-f', '-'], { stdin: list });
  expect(code).toBe(0);
});
