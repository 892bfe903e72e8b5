/** Envoy's image where none can be pulled: the binary that the tests use, under the name that the chart asks for. */
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findEnvoy } from '../../tools/envoy.ts';
import { librariesOf } from '../../tools/image/libraries.ts';
import { mustRun } from '../../tools/run.ts';

const PLACE = '/usr/local/bin/envoy';

/** Builds it with buildah, as root, and writes it to `archive`, which `ctr images import` reads. */
export async function buildEnvoyImage(name: string, archive: string): Promise<void> {
  const root = await mkdtemp(path.join(tmpdir(), 'portcullis-envoy-'));
  const container = (await mustRun('buildah', ['from', 'scratch'])).trim();
  try {
    await placeEnvoy(root);
    await mustRun('buildah', ['add', container, root, '/']);
    const settings = ['--env', 'PATH=/usr/local/bin', '--entrypoint', JSON.stringify([PLACE])];
    await mustRun('buildah', ['config', ...settings, container]);
    await rm(archive, { force: true });
    await mustRun('buildah', ['commit', '--quiet', container, `docker-archive:${archive}:${name}`]);
  } finally {
    await mustRun('buildah', ['rm', container]);
    await rm(root, { recursive: true, force: true });
  }
}

/** Puts it with its libraries into a folder that becomes the file system of an image. */
export async function placeEnvoy(root: string): Promise<void> {
  const envoy = await findEnvoy();
  await placeFile(root, PLACE, envoy);
  for (const library of await librariesOf(envoy)) await placeFile(root, library, library);
}

/** Copies a file to a place in such a folder. */
export async function placeFile(root: string, to: string, from: string): Promise<void> {
  const file = path.join(root, to);
  await mkdir(path.dirname(file), { recursive: true });
  await cp(from, file, { dereference: true });
}
