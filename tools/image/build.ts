/** Runs while the image is built, in its build stage: leaves in /image the image's two layers. */
import { chmod, cp, lutimes, mkdir, mkdtemp, readdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { VALIDATOR_USER } from '../../src/injection/layout.ts';
import { VERSION } from '../../src/telemetry/version.ts';
import { bundle, PROGRAMS } from '../bundle.ts';
import { mustRun } from '../run.ts';
import { bundledPackages } from './bundled.ts';
import { COMPILE_CACHE, HOME, invocation, SBOM } from './invocation.ts';
import { fillRuntime } from './runtime.ts';
import { billOfMaterials, type Part } from './sbom.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
/** Whom the image's own user and the injector's sidecar run as; capture runs as root. */
const USERS = [65_532, VALIDATOR_USER];

async function build(seconds: number): Promise<void> {
  const parts = await fillRuntime('/image/runtime');
  const own = '/image/own';
  const packages = await bundlePrograms(own);
  await cp(path.join(checkout, 'LICENSE'), path.join(own, 'usr/share/doc/portcullis/LICENSE'));
  const bill = path.join(own, SBOM);
  await mkdir(path.dirname(bill), { recursive: true });
  await writeFile(bill, billOfMaterials(VERSION, [...parts, ...packages], seconds));
  await setTimes('/image', new Date(seconds * 1000));
}

async function bundlePrograms(own: string): Promise<readonly Part[]> {
  // Where they will stand in the image: Node.js looks compiled code up by the file's path.
  const files = await bundle(PROGRAMS, HOME);
  await fillCompileCache();
  await cp(HOME, path.join(own, HOME), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (file) => !file.endsWith('.map'),
  });

  const workshop = await mkdtemp(path.join(tmpdir(), 'launcher-'));
  await bundle({ portcullis: 'tools/image/launcher.ts' }, workshop);
  const command = path.join(own, 'usr/bin/portcullis');
  await cp(path.join(workshop, 'portcullis.cjs'), command);
  await chmod(command, 0o755);
  return bundledPackages(checkout, files);
}

/** Starts each bundle once with each set of flags, which the compiled code depends on. */
async function fillCompileCache(): Promise<void> {
  for (const command of ['validator', 'operator', 'capture']) {
    // The seed of its hash tables would make the compiled code another one each time.
    await mustRun(process.execPath, ['--random-seed=1', ...invocation([command, '--help'])], {
      env: { NODE_COMPILE_CACHE: COMPILE_CACHE },
    });
  }
  // Node.js keeps a folder for each user, and lets nobody else read it.
  for (const folder of await readdir(COMPILE_CACHE)) {
    const place = path.join(COMPILE_CACHE, folder);
    for (const file of await readdir(place)) await chmod(path.join(place, file), 0o644);
    for (const user of USERS) await symlink(folder, place.replace(/-0$/, `-${user}`));
  }
}

async function setTimes(folder: string, time: Date): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true })) {
    await lutimes(path.join(folder, entry), time, time);
  }
}

await build(Number(process.env.SOURCE_DATE_EPOCH ?? 0));
