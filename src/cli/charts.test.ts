/** Manifests in the shapes of public charts, as `helm template` prints them, through lint, inject and uninject. */

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { objectAt } from '../base/members.ts';
import { readYaml } from '../resources/yaml.ts';
import type { Command } from './command.ts';
import { injectCommand } from './inject.ts';
import { objectsOf, podSpecOf } from './inject-pods.ts';
import { lintCommand } from './lint.ts';
import { runCommand } from './testing/run.ts';
import { uninjectCommand } from './uninject.ts';

/** A real API server gets what comes of them in test/manifests/charts.test.ts. */
const FOLDER = path.join(import.meta.dirname, '../../test/manifests');
const CHARTS = path.join(FOLDER, 'charts');
const SOURCE = path.join(FOLDER, 'source.yaml');

/** File → workload → ports that its Envoy takes. The other workloads have no sidecars. */
const GUARDED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  airflow: { 'Deployment release-webserver': '8080', 'Deployment release-statsd': '9102' },
  'argo-cd': { 'Deployment release-argocd-server': '8080' },
  elasticsearch: { 'StatefulSet elasticsearch-master': '9200' },
  'gitlab-runner': { 'Deployment release-gitlab-runner': '9252' },
  grafana: { 'Deployment release-grafana': '3000' },
  hooks: { 'CronJob shop-report': '8080', 'ReplicationController shop-old': '8080' },
  'ingress-nginx': { 'Deployment release-ingress-nginx-controller': '10254' },
  jenkins: { 'StatefulSet release-jenkins': '8080' },
  jupyterhub: { 'Deployment hub': '8081' },
  'kafka-connect': { 'Deployment connect': '8083' },
  keycloak: { 'StatefulSet release-keycloak': '8080' },
  minio: { 'StatefulSet release-minio': '9000,9001' },
  nextcloud: { 'Deployment release-nextcloud': '80' },
  patroni: { 'StatefulSet release-patroni': '8008' },
  rabbitmq: { 'StatefulSet release-rabbitmq': '15672' },
  redis: { 'StatefulSet release-redis-node': '9121' },
  vault: { 'StatefulSet release-vault': '8200' },
  wordpress: { 'Deployment release-wordpress': '8080' },
};

const REFUSED: Readonly<Record<string, readonly string[]>> = {
  bookinfo: ['IstioSidecar'],
  'cert-manager': ['PortIsTLS'],
  'prometheus-node-exporter': ['HostNetwork', 'ProcessesShared'],
};

/** Where something changes that is in flow style, has anchors or was null, the text is another one afterwards. */
const OTHER_TEXT = [
  ...['elasticsearch', 'gitlab-runner', 'kafka-connect', 'minio', 'nextcloud', 'patroni', 'wordpress'],
];

const run = (command: Command, args: readonly string[], stdin = '') => runCommand(command, args, { stdin });

const fileOf = (chart: string): string => path.join(CHARTS, `${chart}.yaml`);
const textOf = (chart: string): string => readFileSync(fileOf(chart), 'utf8');
const inputs = (chart: string): readonly string[] => ['-f', fileOf(chart), '-f', SOURCE];
const valuesIn = (text: string) => readYaml('', text).documents.map(({ value }) => value);
const objectsIn = (text: string): readonly JsonObject[] => valuesIn(text).flatMap(objectsOf);

/** Workload → its captured ports, of those with sidecars. */
function capturedIn(text: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    objectsIn(text).flatMap((object): readonly [string, unknown][] => {
      const spec = objectAt(object.spec);
      const template = objectAt(objectAt(objectAt(spec.jobTemplate).spec).template ?? spec.template);
      const { labels, annotations } = objectAt(template.metadata);
      if (objectAt(labels)['portcullis.dev/injected'] === undefined) return [];
      const name = `${object.kind} ${objectAt(object.metadata).name}`;
      return [[name, objectAt(annotations)['portcullis.dev/captured-ports']]];
    }),
  );
}

it('every chart has its outcome here', () => {
  const charts = readdirSync(CHARTS).map((name) => path.basename(name, '.yaml'));
  expect(charts.length).toBeGreaterThanOrEqual(20);
  expect([...Object.keys(GUARDED), ...Object.keys(REFUSED)].sort()).toEqual(charts.sort());
});

it.each([...Object.keys(GUARDED), ...Object.keys(REFUSED)])('lint finds nothing in %s', async (chart) => {
  const { code, out } = await run(lintCommand, inputs(chart));
  expect({ code, out }).toEqual({
    code: 0,
    out: expect.stringMatching(
      /^0 errors, 0 warnings in 2 files; [1-9] objects of other kinds passed over\n$/,
    ),
  });
});

it.each(Object.entries(REFUSED))('inject refuses %s with %j', async (chart, reasons) => {
  const { code, out, err } = await run(injectCommand, inputs(chart));
  expect([code, out]).toEqual([1, '']);
  expect([...err.matchAll(/\((\w+)\)$/gm)].map(([, reason]) => reason)).toEqual(reasons);
});

describe.each(Object.entries(GUARDED))('%s', (chart, expected) => {
  it('has sidecars where a binding targets it, and nowhere else', async () => {
    const { code, out, err } = await run(injectCommand, inputs(chart));
    const workloads = objectsIn(textOf(chart)).filter((object) => podSpecOf(object) !== undefined).length;
    const s = workloads === 1 ? '' : 's';
    expect(err).toBe(`sidecars in ${Object.keys(expected).length} of ${workloads} workload${s}\n`);
    expect(code).toBe(0);
    expect(capturedIn(out)).toEqual(expected);
  });

  it('comes out byte for byte but for what is guarded', async () => {
    const { out } = await run(injectCommand, inputs(chart));
    const text = textOf(chart);
    const after = valuesIn(out);
    for (const [index, { range, value }] of readYaml('', text).documents.entries()) {
      if (JSON.stringify(after[index]) !== JSON.stringify(value)) continue;
      expect(out).toContain(text.slice(...range));
    }
    const { out: again } = await run(injectCommand, ['-f', '-'], out);
    expect(again).toBe(out);
  });

  it('is as it was without the sidecars', async () => {
    const { out } = await run(injectCommand, [...inputs(chart), '--image-pull-secret', 'mirror']);
    const { code, out: back, err } = await run(uninjectCommand, ['-f', '-'], out);
    const count = Object.keys(expected).length;
    expect([code, err]).toEqual([0, `sidecars taken out of ${count} workload${count === 1 ? '' : 's'}\n`]);
    const before = `${textOf(chart)}---\n${readFileSync(SOURCE, 'utf8')}`;
    expect(valuesIn(back)).toEqual(valuesIn(before));
    if (!OTHER_TEXT.includes(chart)) expect(back).toBe(before);
  });
});
