/** Both images of a guarded pod, as archives for a node, made on a machine that can pull none. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ENVOY_IMAGE } from '../../src/injection/images.ts';
import { cacheFolder } from '../../tools/cache.ts';
import { mustRun } from '../../tools/run.ts';
import { baseVariables } from './base.ts';
import { buildEnvoyImage } from './envoy.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** `make image`, on the tests' base. Returns what it printed. Needs root. */
export const buildPortcullisImage = (name: string, archive: string, flags = ''): Promise<string> =>
  make('image', { IMAGE: name, IMAGE_ARCHIVE: archive, BUILD_FLAGS: flags });

/** `make demoimage`, on the same base: the provider and the API of examples/kubernetes. */
export const buildDemoImage = (name: string, archive: string): Promise<string> =>
  make('demoimage', { IMAGE: name, IMAGE_ARCHIVE: archive });

/** One at a time, so that others find the layers that the first one has made. */
async function make(target: string, env: Readonly<Record<string, string>>): Promise<string> {
  const base = await baseVariables();
  const command = ['make', '--no-print-directory', target];
  const [program = '', ...args] = env.BUILD_FLAGS
    ? command
    : ['flock', path.join(cacheFolder(), 'images.lock'), ...command];
  return mustRun(program, args, { cwd: checkout, env: { ...base, ...env } });
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
