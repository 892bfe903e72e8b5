/** For tests of the chart's life: what there is in the cluster, and what must outlive an upgrade. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Installed } from './installed.ts';
import { CHART, HOME } from './render.ts';

/** `Kind/namespace/name` of every object but Events, and what the API server keeps for itself. */
export async function everything({ kubectl }: Pick<Installed, 'kubectl'>): Promise<ReadonlySet<string>> {
  const list = ['api-resources', '--verbs=list', '--no-headers', '-o', 'name'];
  const kinds = (await kubectl(list)).split('\n').filter((kind) => kind !== '' && !/^events\b/.test(kind));
  const columns = 'custom-columns=K:.kind,S:.metadata.namespace,N:.metadata.name';
  const get = ['get', kinds.join(','), '--all-namespaces', '--no-headers', '-o', columns];
  const lines = (await kubectl(get)).split('\n').filter((line) => line !== '');
  return new Set(
    lines.map((line) => line.split(/ +/).join('/')).filter((id) => !id.includes('/kube-system/')),
  );
}
/** What would cost running pods and the API server their trust, or the operator its place. */
export async function identity({ kubectl }: Installed): Promise<Readonly<Record<string, string>>> {
  const jsonpath = (what: string) => ['-o', `jsonpath=${what}`];
  const webhooks = ['get', 'validatingwebhookconfiguration,mutatingwebhookconfiguration'];
  return {
    authority: await kubectl(['-n', HOME, 'get', 'secret/portcullis-ca', ...jsonpath('{.data}')]),
    shown: await kubectl(['-n', HOME, 'get', 'secret/portcullis-tls', ...jsonpath('{.data}')]),
    trusted: await kubectl(['-n', 'shop', 'get', 'configmap/portcullis-ca', ...jsonpath('{.data}')]),
    caBundles: await kubectl([...webhooks, ...jsonpath('{.items[*].webhooks[*].clientConfig.caBundle}')]),
    deployments: await kubectl(['get', 'deployments', '-A', ...jsonpath('{.items[*].metadata.uid}')]),
    services: await kubectl(['get', 'services', '-A', ...jsonpath('{.items[*].spec.clusterIP}')]),
    crds: await kubectl(['get', 'crds', ...jsonpath('{.items[*].metadata.uid}')]),
  };
}

/** The chart as an earlier version. */
export async function earlierChart(folder: string): Promise<string> {
  const copy = path.join(folder, 'earlier');
  await cp(CHART, copy, { recursive: true, dereference: true });
  const file = path.join(copy, 'Chart.yaml');
  const chart = (await readFile(file, 'utf8')).replace(/^version: .*$/m, 'version: 0.0.1');
  await writeFile(file, chart.replace(/^appVersion: .*$/m, 'appVersion: "0.0.1"'));
  return copy;
}
