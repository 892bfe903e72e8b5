/** Null in maps of texts, as a real API server reads it and as kubectl sends it: our two readings of a manifest. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/base/json.ts';
import { objectAt } from '../../src/base/members.ts';
import { readYaml } from '../../src/resources/yaml.ts';
import { type ApiServer, startApiServer } from './harness.ts';

let server: ApiServer;
let folder: string;

beforeAll(async () => {
  [server, folder] = await Promise.all([startApiServer(), mkdtemp(path.join(tmpdir(), 'null-members-'))]);
});

afterAll(async () => {
  await server?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

const of = (apiVersion: string, kind: string, rest: object) => ({
  apiVersion,
  kind,
  metadata: { name: 'a' },
  ...rest,
});
const CONTAINERS = [{ name: 'web', image: 'web', resources: { requests: { cpu: null, memory: '1Mi' } } }];
const template = {
  metadata: { labels: { app: 'web', a: null } },
  spec: { nodeSelector: { n: null }, containers: CONTAINERS },
};
const selector = { app: 'web', a: null };

const OBJECTS: readonly JsonObject[] = JSON.parse(
  JSON.stringify([
    of('v1', 'ConfigMap', { metadata: { name: 'a', labels: { l: null, m: 'x' } } }),
    of('v1', 'Service', { spec: { selector, ports: [{ port: 80 }] } }),
    of('apps/v1', 'Deployment', { spec: { selector: { matchLabels: selector }, template } }),
    of('v1', 'ReplicationController', {
      // Without labels of its own it is given those of its pods.
      metadata: { name: 'a', labels: { l: 'x' } },
      spec: { selector, template },
    }),
    of('v1', 'ConfigMap', { data: { a: null, b: 'c' }, binaryData: { z: null } }),
    of('v1', 'Secret', { data: { a: null } }),
    of('v1', 'Namespace', { metadata: { name: 'b', labels: { a: null } } }),
  ]),
);

/** Members by which pods are chosen, and data. */
const textsOf = ({ metadata, spec, data, binaryData }: JsonObject): JsonObject => {
  const { selector: chosen, template: pods } = objectAt(spec);
  const { matchLabels = chosen } = objectAt(chosen);
  const { 'kubernetes.io/metadata.name': _, ...labels } = objectAt(objectAt(metadata).labels);
  const maps: Readonly<Record<string, JsonValue | undefined>> = {
    labels,
    data,
    binaryData,
    matchLabels,
    podLabels: objectAt(objectAt(pods).metadata).labels,
    nodeSelector: objectAt(objectAt(pods).spec).nodeSelector,
  };
  return Object.fromEntries(
    Object.entries(maps).flatMap(([name, map]) =>
      map === undefined || Object.keys(objectAt(map)).length === 0 ? [] : [[name, map]],
    ),
  );
};

it.each([
  ['as the API server', ['--server-side'], ({ value }) => value],
  ['as kubectl sends it', [], ({ value, leftOut }) => leftOut ?? value],
] as const satisfies readonly (readonly [
  string,
  readonly string[],
  (document: { readonly value: JsonValue; readonly leftOut: JsonValue | undefined }) => JsonValue,
])[])('is read %s', async (_, flags, reading) => {
  for (const [index, object] of OBJECTS.entries()) {
    const text = JSON.stringify(object);
    const file = path.join(folder, `${index}.json`);
    await writeFile(file, text);
    const { code, stdout, stderr } = await server.kubectl([
      ...['apply', ...flags, '--dry-run=server', '-o', 'json', '-f', file],
    ]);
    expect({ text, code, stderr }).toEqual({ text, code: 0, stderr: '' });
    const [document] = readYaml('a.json', text).documents;
    expect(textsOf(objectAt(document && reading(document))), text).toEqual(textsOf(JSON.parse(stdout)));
  }
});
