// The validator writes Envoy's configuration, and a real Envoy starts from that very file.

import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startDemoApi } from '../../dev/api.ts';
import { get } from '../../dev/request.ts';
import type { EnvoySettings, ProbeTargets } from '../../src/sidecar/settings.ts';
import { bindingText, sourceText } from '../../src/validator/testing/manifests.ts';
import { findEnvoy } from '../../tools/envoy.ts';
import { run } from '../../tools/run.ts';
import { freePorts, Server, temporaryFolder } from '../support/server.ts';
import { token } from '../support/tokens.ts';

const program = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
const startLimit = 60;

/** A folder of manifests, and one that validator and Envoy share. */
async function pod() {
  const folder = await temporaryFolder('pod');
  onTestFinished(() => folder.remove());
  const manifests = join(folder.path, 'manifests');
  const shared = join(folder.path, 'shared');
  await mkdir(manifests);
  await mkdir(shared);
  await chmod(folder.path, 0o755);
  await writeFile(join(manifests, 'source.yaml'), sourceText());
  await writeFile(join(manifests, 'guarded.yaml'), bindingText('guarded', 'guarded.example', 'Required'));
  return { manifests, shared, file: join(shared, 'envoy.json') };
}

const flags = (manifests: string, socket: string) => [
  ...[program, 'validator', '--manifests', manifests, '--http', `unix:${socket}`],
  ...['--grpc', 'off', '--admin', 'off', '--probes', '127.0.0.1:0'],
];

test('Envoy guards by the file, and the validator probes past it', async () => {
  const { manifests, shared, file } = await pod();
  const api = await startDemoApi(0);
  onTestFinished(() => api.stop());
  const [listener = 0, admin = 0] = await freePorts(2);
  const settings: EnvoySettings = {
    listeners: [{ port: 8080, listener, protocol: 'HTTP', appPort: api.port }],
    admin,
    maxHeapBytes: 128 * 1024 * 1024,
  };
  const targets: ProbeTargets = {
    app: { readiness: { httpGet: { port: api.port, path: '/ready' } } },
    'portcullis-envoy': { readiness: { httpGet: { port: admin, path: '/ready' } } },
  };
  const validator = new Server({
    name: 'validator',
    program: process.execPath,
    args: flags(manifests, join(shared, 'validator.sock')),
    env: {
      PORTCULLIS_ENVOY_BOOTSTRAP: file,
      PORTCULLIS_ENVOY_SETTINGS: JSON.stringify(settings),
      PORTCULLIS_PROBE_TARGETS: JSON.stringify(targets),
    },
  });
  onTestFinished(() => validator.stop());
  const probes = await validator.until('serving', startLimit, async () => {
    const line = validator.logs.split('\n').find((text) => text.endsWith('"msg":"serving"}'));
    return line === undefined ? undefined : String(JSON.parse(line).probes);
  });
  const probed = async (path: string) => (await fetch(`http://${probes}${path}`)).status;
  expect(await probed('/startupz')).toBe(200);
  expect(await probed('/probe/app/readiness')).toBe(200);
  expect(await probed('/probe/portcullis-envoy/readiness')).toBe(503);

  const envoy = new Server({
    name: 'envoy',
    program: await findEnvoy(),
    args: ['-c', file, '--disable-hot-restart', '--concurrency', '1', '--log-level', 'warning'],
  });
  onTestFinished(() => envoy.stop());
  await envoy.until('ready', startLimit, async () =>
    (await probed('/probe/portcullis-envoy/readiness')) === 200 ? true : undefined,
  );
  const headers = { host: 'guarded.example' };
  const bearer = token({ claims: { iss: 'https://issuer.example', aud: 'api', sub: 'joe', exp: 4e9 } });
  expect(await get(listener, '/', headers)).toMatchObject({ status: 401 });
  expect(
    await get(listener, '/', { ...headers, authorization: `Bearer ${bearer}`, 'x-auth-user': 'mallory' }),
  ).toMatchObject({ status: 200, body: expect.stringMatching(/"x-auth-user": ?"joe"/) });

  await api.stop();
  expect(await probed('/probe/app/readiness')).toBe(503);
});

test('a file that cannot be written is one clear line, and the end', async () => {
  const { manifests, shared } = await pod();
  const { code, stderr } = await run(process.execPath, flags(manifests, join(shared, 'validator.sock')), {
    env: {
      PORTCULLIS_ENVOY_BOOTSTRAP: join(shared, 'no', 'envoy.json'),
      PORTCULLIS_ENVOY_SETTINGS: JSON.stringify({
        listeners: [{ port: 8080, listener: 15906, protocol: 'HTTP' }],
        maxHeapBytes: 2 ** 27,
      }),
    },
  });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^portcullis: cannot write \S+\/no\/envoy\.json, [^\n]*\(ENOENT\)[^\n]*\n$/);
});

test('settings that cannot be read are, too, before anything is written', async () => {
  const { manifests, shared, file } = await pod();
  const { code, stderr } = await run(process.execPath, flags(manifests, join(shared, 'validator.sock')), {
    env: { PORTCULLIS_ENVOY_BOOTSTRAP: file, PORTCULLIS_ENVOY_SETTINGS: '{"listeners":[]}' },
  });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'portcullis: PORTCULLIS_ENVOY_SETTINGS: maxHeapBytes is missing.\n',
  });
  await expect(readFile(file)).rejects.toThrow('ENOENT');
});
