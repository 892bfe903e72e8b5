/** What others put into our containers, as the real API server has it: taken away before the last look, refused at it. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/base/json.ts';
import { listAt, objectAt, objectsAt } from '../../src/base/members.ts';
import { binding, service } from '../operator/objects.ts';
import { type OtherWebhook, startOtherWebhook } from './other-webhook.ts';
import { mark, type PodWorld, podWith, startPodWorld } from './webhook-world.ts';

let world: PodWorld;
let others: readonly OtherWebhook[];

beforeAll(async () => {
  world = await startPodWorld([['plain'], ['later'], ['earlier']]);
  for (const space of ['plain', 'later', 'earlier']) {
    await world.apply(service(`${space}/orders`), binding(`${space}/orders`));
  }
  others = [
    await startOtherWebhook('later', changesOf),
    await startOtherWebhook('earlier', changesOf, 'aa-other'),
  ];
  await world.apply(...others.map(({ configuration }) => configuration));
  // The API server goes by them a moment later.
  for (const space of ['later', 'earlier']) {
    while (mark(await create(space, 'asked', {}), 'annotations', SEEN) === undefined);
  }
});
afterAll(async () => {
  await world?.stop();
  for (const other of others ?? []) await other.stop();
});

/** What the other webhook adds to each container of ours stands in an annotation of the pod. */
const TASK = 'other.example.com/task';
const SEEN = 'other.example.com/seen';

function changesOf(pod: JsonObject): readonly JsonObject[] {
  const { annotations } = objectAt(pod.metadata);
  const task = objectAt(JSON.parse(String(objectAt(annotations)[TASK] ?? '{}')));
  const marks = { ...objectAt(annotations), [SEEN]: 'yes', ...objectAt(task.annotations) };
  return [
    { op: 'add', path: '/metadata/annotations', value: marks },
    ...objectsAt(objectAt(pod.spec).initContainers).flatMap((container, index) =>
      String(container.name).startsWith('portcullis-')
        ? [{ op: 'replace', path: `/spec/initContainers/${index}`, value: added(container, task) }]
        : [],
    ),
    { op: 'add', path: '/spec/volumes', value: plus(objectAt(pod.spec).volumes, task.volumes) },
  ];
}

/** By name: a webhook is called again, with what it has added before. */
const plus = (before: JsonValue | undefined, more: JsonValue | undefined): readonly JsonValue[] => [
  ...listAt(before),
  ...objectsAt(more).filter(({ name }) => objectsAt(before).every((other) => other.name !== name)),
];

/** Lists get longer, objects get more members. */
function added(container: JsonObject, { container: more }: JsonObject): JsonObject {
  const merged = Object.entries(objectAt(more)).map(([name, value]) => {
    const before = container[name];
    if (Array.isArray(value)) return [name, plus(before, value)];
    return [name, isJsonObject(value) ? { ...objectAt(before), ...value } : value];
  });
  return { ...container, ...Object.fromEntries(merged) };
}

const create = (space: string, name: string, task: JsonObject) =>
  world.create(
    podWith(`${space}/${name}`, {
      labels: { app: 'orders' },
      annotations: { [TASK]: JSON.stringify(task) },
    }),
    '--dry-run=server',
  );

const hostPath = { name: 'agent', hostPath: { path: '/opt/agent' } };
const TASKS: readonly (readonly [field: string, task: JsonObject])[] = [
  [
    'env NODE_OPTIONS',
    { container: { env: [{ name: 'NODE_OPTIONS', value: '--import=data:text/javascript,' }] } },
  ],
  ['env LD_PRELOAD', { container: { env: [{ name: 'LD_PRELOAD', value: '/opt/agent/lib.so' }] } }],
  [
    'volumeMount /opt/agent',
    { volumes: [hostPath], container: { volumeMounts: [{ name: 'agent', mountPath: '/opt/agent' }] } },
  ],
  [
    'securityContext.appArmorProfile',
    { container: { securityContext: { appArmorProfile: { type: 'Unconfined' } } } },
  ],
  [
    'securityContext.seLinuxOptions',
    { container: { securityContext: { seLinuxOptions: { type: 'spc_t' } } } },
  ],
  ['workingDir', { container: { workingDir: '/opt' } }],
  ['terminationMessagePolicy', { container: { terminationMessagePolicy: 'FallbackToLogsOnError' } }],
];
const PROFILE = 'container.apparmor.security.beta.kubernetes.io/portcullis-envoy';

const ours = (pod: JsonObject): readonly JsonObject[] =>
  objectsAt(objectAt(pod.spec).initContainers).map((one) => {
    const mounts = objectsAt(one.volumeMounts).filter(
      ({ name }) => !String(name).startsWith('kube-api-access'),
    );
    // A new one for each pod.
    const env = objectsAt(one.env).filter(({ name }) => name !== 'PORTCULLIS_HOOK_KEY');
    return { ...one, volumeMounts: mounts, env, lifecycle: null };
  });

describe('a webhook that is called later', () => {
  it.each(TASKS)('adds no %s to any of our containers', async (field, task) => {
    const error = await create('later', 'changed', task).catch((problem: Error) => problem.message);
    expect(error).toContain('Pod later/changed is refused: ApiBinding later/orders targets it');
    expect(error).toContain(`container portcullis-capture: ${field}`);
    expect(error).toContain('(SidecarsChanged)');
  });

  it('says nothing about them in annotations', async () => {
    const made = create('later', 'changed', { annotations: { [PROFILE]: 'unconfined' } });
    const error = await made.catch((problem: Error) => problem.message);
    expect(error).toContain('(SidecarsChanged)');
  });

  it('may add what clusters add everywhere', async () => {
    const proxies = ['HTTP_PROXY', 'https_proxy', 'KUBERNETES_SERVICE_HOST'].map((name) => ({
      name,
      value: 'x',
    }));
    const made = await create('later', 'proxied', { container: { env: proxies } });
    expect(objectsAt(objectsAt(objectAt(made.spec).initContainers)[0]?.env)).toHaveLength(3);
  });
});

describe('what a webhook that is called earlier adds', () => {
  it.each(TASKS)('is taken away again: %s', async (_, task) => {
    const made = await create('earlier', 'changed', task);
    expect(ours(made)).toEqual(ours(await create('earlier', 'changed', {})));
  });
});

describe('who writes the pod', () => {
  it.each(TASKS)('brings no sidecars with %s', async (_, task) => {
    const first = await create('plain', 'made', {});
    const { name, namespace, labels, annotations } = objectAt(first.metadata);
    const spec = objectAt(first.spec);
    const forged = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: name ?? '',
        namespace: namespace ?? '',
        labels: labels ?? {},
        annotations: { ...objectAt(annotations), [PROFILE]: 'unconfined' },
      },
      spec: {
        ...spec,
        initContainers: objectsAt(spec.initContainers).map((one) => added(one, task)),
        volumes: [...listAt(spec.volumes), ...listAt(task.volumes)],
      },
    };
    const made = await world.create(forged, '--dry-run=server');
    expect(ours(made)).toEqual(ours(first));
    expect(mark(made, 'annotations', PROFILE)).toBeUndefined();
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['RuntimeDefault', { appArmorProfile: { type: 'RuntimeDefault' } }, {}],
    [
      'Unconfined',
      { appArmorProfile: { type: 'Unconfined' } },
      { appArmorProfile: { type: 'RuntimeDefault' } },
    ],
    ['spc_t', { seLinuxOptions: { type: 'spc_t' } }, { seLinuxOptions: { type: 'container_t' } }],
  ])('confines all of its own containers as it likes, and none of ours: %s', async (_, said, expected) => {
    const spec = { securityContext: said };
    const pod = podWith('plain/confined', { labels: { app: 'orders' }, spec });
    const made = await world.create(pod, '--dry-run=server');
    const plain = ours(await create('plain', 'made', {}));
    expect(ours(made)).toEqual(
      plain.map((one) => ({
        ...one,
        securityContext: { ...objectAt(one.securityContext), ...expected },
      })),
    );
    expect(objectAt(objectAt(made.spec).securityContext)).toEqual(said);
  });
});
