/** Both images of a guarded pod, as archives for a node, made on a machine that can pull none. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { mustRun } from '../../tools/run.ts';
import { buildBase } from './base.ts';
import { buildEnvoyImage } from './envoy.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** As the chart's values have it. */
export const ENVOY_IMAGE = 'envoyproxy/envoy:distroless-v1.40.0';

/** `make image`, on the test's base. Returns what it printed. Needs root, buildah and debootstrap. */
export async function buildPortcullisImage(name: string, archive: string, flags = ''): Promise<string> {
  return mustRun('make', ['image'], {
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
