/** Both images of a guarded pod, as archives for a node, made on a machine that can pull none. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ENVOY_IMAGE } from '../../src/injection/images.ts';
import { mustRun } from '../../tools/run.ts';
import { requirePrograms } from '../cluster/requirements.ts';
import { buildBase } from './base.ts';
import { buildEnvoyImage } from './envoy.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** `make image`, on the test's base. Returns what it printed. Needs root. */
export async function buildPortcullisImage(name: string, archive: string, flags = ''): Promise<string> {
  await requirePrograms('Building images', { buildah: 'buildah', debootstrap: 'debootstrap' });
  return mustRun('make', ['--no-print-directory', 'image'], {
    cwd: checkout,
    env: {
      BUILDER: 'buildah',
      // Without a container runtime: this may run where there is none.
      BUILDAH_ISOLATION: 'chroot',
      BASE: await buildBase(),
      IMAGE: name,
      IMAGE_ARCHIVE: archive,
      BUILD_FLAGS: flags,
    },
  });
}

/** `node test/image/images.ts FOLDER IMAGE`: leaves portcullis.tar and envoy.tar in the folder. */
if (import.meta.main) {
  const [folder, name] = process.argv.slice(2);
  if (folder === undefined || name === undefined) {
    throw new Error('Usage: node test/image/images.ts FOLDER IMAGE');
  }
  await mkdir(folder, { recursive: true });
  console.log(await buildPortcullisImage(name, path.resolve(folder, 'portcullis.tar')));
  await buildEnvoyImage(ENVOY_IMAGE, path.resolve(folder, 'envoy.tar'));
}
