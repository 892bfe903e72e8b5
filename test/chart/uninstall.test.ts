/** What stops `helm uninstall`: the Job's own script, run by this machine's Node.js, asks a real API server. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { type Result, run } from '../../tools/run.ts';
import { freePorts, temporaryFolder } from '../support/server.ts';
import { type Installed, installed, namespace } from './installed.ts';
import { at, HOME, render } from './render.ts';

let world: Installed;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => {
  folder = await temporaryFolder('uninstall');
  const accounts = ['shop', 'web'].map((of) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { namespace: of, name: 'default' },
  }));
  world = await installed([namespace('shop', {}), namespace('web', {})]);
  await world.apply(...accounts);
  await world.install({});
});
afterAll(async () => {
  await world?.stop();
  await folder?.remove();
});

/** Runs the Job's container, with the token of the account that it names. */
async function count(values: JsonObject = {}, more: Readonly<Record<string, string>> = {}): Promise<Result> {
  const job = (await render(values)).one(`Job ${HOME}/portcullis-uninstall`);
  const account = String(at(job, 'spec.template.spec.serviceAccountName'));
  const container = at(job, 'spec.template.spec.containers.0');
  const [, ...command] = at(container, 'command') as readonly string[];
  const [script = ''] = at(container, 'args') as readonly string[];
  const given = at(container, 'env') as readonly { readonly name: string; readonly value: string }[];
  const files = { token: path.join(folder.path, 'token'), ca: path.join(folder.path, 'ca.crt') };
  await writeFile(files.token, await world.kubectl(['-n', HOME, 'create', 'token', account]));
  const config = ['config', 'view', '--raw', '-o'];
  const ca = await world.kubectl([...config, 'jsonpath={.clusters[0].cluster.certificate-authority-data}']);
  await writeFile(files.ca, Buffer.from(ca, 'base64'));
  const server = await world.kubectl([...config, 'jsonpath={.clusters[0].cluster.server}']);
  const env = Object.fromEntries(given.map(({ name, value }) => [name, value]));
  return run(process.execPath, [...command, script], {
    env: { ...env, NODE_EXTRA_CA_CERTS: files.ca, TOKEN: files.token, API: server, ...more },
  });
}

const pod = (id: string, labels: JsonObject): JsonObject => {
  const [of = '', name = ''] = id.split('/');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: of, name, labels },
    spec: { containers: [{ name: 'app', image: 'app' }] },
  };
};
const GUARDED = { 'portcullis.dev/injected': '0.1.0' };

describe('before an uninstallation', () => {
  it('nothing is said where no pod has sidecars', async () => {
    await world.apply(pod('shop/open', {}));
    expect(await count()).toMatchObject({ code: 0, stdout: '' });
  });

  it('pods with sidecars are counted, by namespace, and what ends is not', async () => {
    await world.apply(
      pod('shop/a', GUARDED),
      pod('shop/b', GUARDED),
      pod('web/a', GUARDED),
      pod('web/over', GUARDED),
    );
    const over = JSON.stringify({ status: { phase: 'Succeeded' } });
    await world.kubectl([
      '-n',
      'web',
      'patch',
      'pod/over',
      '--subresource=status',
      '--type=merge',
      '-p',
      over,
    ]);
    const { code, stdout } = await count();
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^STOPPED: 3 pods have sidecars of Portcullis, in shop \(2\), web \(1\)\. .*--no-hooks/,
    );
  });

  it('those of watched namespaces alone count in namespaced mode', async () => {
    const { code, stdout } = await count({ watchNamespaces: ['web'] });
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/^STOPPED: 1 pod has sidecars .* in web \(1\)\./),
    ]);
  });

  it('it stops where they cannot be counted, and says why', async () => {
    const [closed] = await freePorts(1);
    const { code, stdout } = await count({}, { API: `https://127.0.0.1:${closed}` });
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/^STOPPED: .* could not be counted: .*ECONNREFUSED/),
    ]);
  });
});

it.each([
  ['where it is meant', { uninstall: { whileGuarded: 'Allow' } }],
  ['where nothing is injected', { injection: { enabled: false } }],
  ["in the cluster's part of namespaced mode", { watchNamespaces: ['web'], render: 'ClusterScoped' }],
])('nothing is counted %s', async (_, values) => {
  expect((await render(values)).ids.filter((id) => id.endsWith('portcullis-uninstall'))).toEqual([]);
});
