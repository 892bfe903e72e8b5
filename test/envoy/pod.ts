/** An injected pod without a cluster: the validator, and the Envoy that starts from what the validator wrote. */

import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { EnvoySettings, ProbeTargets } from '../../src/sidecar/settings.ts';
import { bindingText, sourceText } from '../../src/validator/testing/manifests.ts';
import { findEnvoy } from '../../tools/envoy.ts';
import { freePorts, Server, temporaryFolder } from '../support/server.ts';
import { token } from '../support/tokens.ts';

const program = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
const startLimit = 60;

/** What its binding guards, and headers that it takes. */
export const HOST = 'guarded.example';
export const bearer = (): Readonly<Record<string, string>> => {
  const claims = { iss: 'https://issuer.example', aud: 'api', sub: 'joe', exp: 4e9 };
  return { authorization: `Bearer ${token({ claims })}` };
};

const hookKey = 'k'.repeat(22);
/** What the kubelet shows with hooks. */
export const HOOK = { 'x-portcullis-hook': hookKey } as const;

export interface PodFolders {
  readonly manifests: string;
  /** Validator and Envoy both have it. */
  readonly shared: string;
  /** Envoy's bootstrap. */
  readonly file: string;
}

/** Gone when the test is. */
export async function podFolders(): Promise<PodFolders> {
  const folder = await temporaryFolder('pod');
  onTestFinished(() => folder.remove());
  const manifests = join(folder.path, 'manifests');
  const shared = join(folder.path, 'shared');
  await mkdir(manifests);
  await mkdir(shared);
  await chmod(folder.path, 0o755);
  await writeFile(join(manifests, 'source.yaml'), sourceText());
  await writeFile(join(manifests, 'guarded.yaml'), bindingText('guarded', HOST, 'Required'));
  return { manifests, shared, file: join(shared, 'envoy.json') };
}

/** After the program's own name. */
export const validatorLine = ({ manifests, shared }: PodFolders): readonly string[] => [
  ...[program, 'validator', '--manifests', manifests, '--http', `unix:${join(shared, 'validator.sock')}`],
  ...['--grpc', 'off', '--admin', 'off', '--probes', '127.0.0.1:0'],
];

export interface PodValidator {
  readonly server: Server;
  /** The status of a page on its probe address. */
  probed(path: string, headers?: Readonly<Record<string, string>>): Promise<number>;
}

export async function startPodValidator(
  folders: PodFolders,
  settings: EnvoySettings,
  targets: ProbeTargets,
): Promise<PodValidator> {
  const server = new Server({
    name: 'validator',
    program: process.execPath,
    args: validatorLine(folders),
    env: {
      PORTCULLIS_ENVOY_BOOTSTRAP: folders.file,
      PORTCULLIS_ENVOY_SETTINGS: JSON.stringify(settings),
      PORTCULLIS_PROBE_TARGETS: JSON.stringify(targets),
      PORTCULLIS_HOOK_KEY: hookKey,
    },
  });
  onTestFinished(() => server.stop());
  const address = await server.until('serving', startLimit, async () => {
    const line = server.logs.split('\n').find((text) => text.endsWith('"msg":"serving"}'));
    return line === undefined ? undefined : String(JSON.parse(line).probes);
  });
  return {
    server,
    probed: async (path, headers = {}) => (await fetch(`http://${address}${path}`, { headers })).status,
  };
}

/** As its container starts it. */
export async function startPodEnvoy({ file }: PodFolders): Promise<Server> {
  const envoy = new Server({
    name: 'envoy',
    program: await findEnvoy(),
    args: ['-c', file, '--disable-hot-restart', '--concurrency', '2', '--log-level', 'warning'],
  });
  onTestFinished(() => envoy.stop());
  return envoy;
}

export interface Pod {
  /** Where clients come to. */
  readonly port: number;
  readonly validator: PodValidator;
  readonly envoy: Server;
}

/** Whole and serving. */
export async function startPod(appPort: number): Promise<Pod> {
  const folders = await podFolders();
  const [port = 0, admin = 0] = await freePorts(2);
  const settings: EnvoySettings = {
    listeners: [{ port: 8080, listener: port, protocol: 'HTTP', appPort }],
    admin,
    maxHeapBytes: 128 * 1024 * 1024,
  };
  const ready = { readiness: { httpGet: { port: admin, path: '/ready' } } };
  const validator = await startPodValidator(folders, settings, { 'portcullis-envoy': ready });
  const envoy = await startPodEnvoy(folders);
  await envoy.until('ready', startLimit, async () =>
    (await validator.probed('/probe/portcullis-envoy/readiness')) === 200 ? true : undefined,
  );
  return { port, validator, envoy };
}
