/** The operator's own webhooks, asked by a real API server about pods that are created by real requests. */

import { vi } from 'vitest';
import { isJsonObject, type JsonObject } from '../../src/base/json.ts';
import { objectAt, objectsAt } from '../../src/base/members.ts';
import { validatingWebhookConfiguration } from '../../src/operator/admission/configuration.ts';
import { mutatingWebhookConfiguration } from '../../src/operator/injection/configuration.ts';
import { type Operator, startWorld, type World } from '../operator/harness.ts';
import { ENABLED, namespace, pod } from '../operator/objects.ts';
import { HOME } from '../operator/rights.ts';
import { freePorts } from '../support/server.ts';

export interface PodWorld extends World {
  readonly operator: Operator;
  /** The pod as it is stored then. Rejects with what kubectl said. */
  create(pod: JsonObject, ...args: readonly string[]): Promise<JsonObject>;
}

const SERVICE = 'portcullis-webhook';
export const OPEN = 'open';

type Space = readonly [name: string, labels?: Readonly<Record<string, string>>];

/**
 * In namespaces with injection, and one without, called `open`.
 *
 * @param watched namespaced mode: the operator looks at these alone, and has no rights but in them.
 */
export async function startPodWorld(
  spaces: readonly Space[],
  watched?: readonly string[],
): Promise<PodWorld> {
  const enabled = spaces.map(([name, labels]) => namespace(name, { ...ENABLED, ...labels }));
  const world = await startWorld({
    namespaces: [...enabled, namespace(OPEN)],
    ...(watched && { watched }),
  });
  try {
    const [port = 0] = await freePorts(1);
    // The certificate is for the Service's name; this Service leads to the test's own machine.
    await world.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: HOME, name: SERVICE },
      spec: { type: 'ExternalName', externalName: 'localhost' },
    });
    const only = watched === undefined ? [] : ['--watch-namespaces', watched.join(',')];
    const operator = await world.start('--webhook', `127.0.0.1:${port}`, ...only);
    await install(world, port, watched);
    const create = async (made: JsonObject, ...args: readonly string[]): Promise<JsonObject> => {
      const line = ['create', '-f', '-', '-o', 'json', ...args];
      const { code, stdout, stderr } = await world.server.kubectl(line, JSON.stringify(made));
      if (code !== 0) throw new Error(stderr);
      return JSON.parse(stdout) as JsonObject;
    };
    const [first = ['']] = spaces;
    await untilAsked(() => create(asking(first[0]), '--dry-run=server'));
    return { ...world, operator, create };
  } catch (error) {
    await world.stop();
    throw error;
  }
}

/** Both configurations, as the chart has them; where the operator may not, an administrator gives them caBundle and paths. */
async function install(world: World, port: number, watched: readonly string[] | undefined): Promise<void> {
  const options = {
    name: 'portcullis',
    server: { kind: 'service', namespace: HOME, name: SERVICE, port },
    ...(watched && { namespaces: watched, ...(await reachOf(world)) }),
  } as const;
  await world.apply(validatingWebhookConfiguration(options), mutatingWebhookConfiguration(options));
}

const reachOf = ({ kubectl }: World): Promise<{ readonly ca: string; readonly key: string }> =>
  vi.waitFor(
    async () => {
      const [ca = '', key = ''] = await Promise.all([
        kubectl('get', 'configmap', 'portcullis-ca', '-n', HOME, '-o', 'jsonpath={.data.ca\\.crt}'),
        kubectl('get', 'secret', 'portcullis-webhook', '-n', HOME, '-o', 'jsonpath={.data.current}'),
      ]);
      return { ca, key: Buffer.from(key, 'base64').toString() };
    },
    { timeout: 30_000 },
  );

const asking = (namespace: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'asking', namespace, labels: { 'portcullis.dev/inject': 'true' } },
  spec: { containers: [{ name: 'app', image: 'app', ports: [{ containerPort: 8080 }] }] },
});

/** The API server goes by what was installed a moment later, and the caBundle comes a moment after that. */
async function untilAsked(create: () => Promise<JsonObject>): Promise<void> {
  for (;;) {
    const made = await create().catch(() => ({}));
    if (sidecarsOf(made).length > 0) return;
  }
}

export interface PodMembers {
  readonly labels?: JsonObject;
  readonly annotations?: JsonObject;
  /** That controls it. */
  readonly owner?: JsonObject;
  readonly spec?: JsonObject;
}

/** One that has these besides what every pod has. */
export function podWith(id: string, { labels, annotations, owner, spec }: PodMembers): JsonObject {
  const made = pod(id);
  const metadata = objectAt(made.metadata);
  return {
    ...made,
    metadata: {
      ...metadata,
      labels: { ...objectAt(metadata.labels), ...labels },
      annotations: { ...annotations },
      ...(owner && { ownerReferences: [{ ...owner, controller: true }] }),
    },
    spec: { ...objectAt(made.spec), ...spec },
  };
}

/** The names of those of ours that it has. */
export function sidecarsOf(pod: JsonObject): readonly string[] {
  return objectsAt(objectAt(pod.spec).initContainers).flatMap(({ name }) =>
    typeof name === 'string' && name.startsWith('portcullis-') ? [name] : [],
  );
}

/** A member of an annotation or label. */
export function mark(pod: JsonObject, member: 'labels' | 'annotations', name: string): unknown {
  const marks = objectAt(pod.metadata)[member];
  return isJsonObject(marks) ? marks[name] : undefined;
}
