/**
 * A base for the image where none can be pulled: Debian by debootstrap, with Node.js and npm from their packages. For
 * tests and a first look. `make -s base` prints what `make image` is to be called with.
 */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cached } from '../../tools/cache.ts';
import { mustRun, run } from '../../tools/run.ts';
import { requirePrograms } from '../cluster/requirements.ts';

const SUITE = 'trixie';
const NODE = '26.10.0';
const NPM = '11.19.1';
const NAME = `localhost/portcullis-base:${SUITE}-node-${NODE}`;
const MIRROR = 'http://deb.debian.org/debian';
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/** Makes the base in buildah's storage, unless it is there, and returns its name. Needs root. */
export async function buildBase(): Promise<string> {
  await requirePrograms('Building images', { buildah: 'buildah', debootstrap: 'debootstrap' });
  if ((await run('buildah', ['inspect', '--type', 'image', NAME])).code === 0) return NAME;
  const folder = await cached(`image-base-${SUITE}-node-${NODE}`, fill);
  const container = (await mustRun('buildah', ['from', 'scratch'])).trim();
  try {
    await mustRun('buildah', ['add', container, path.join(folder, 'root'), '/']);
    const settings = ['--env', `PATH=/usr/local/bin:/usr/sbin:/usr/bin`];
    // Downloads must go the way that they go on this machine, whose authorities may be its owner's.
    settings.push('--env', `NODE_EXTRA_CA_CERTS=${CERTIFICATES}`);
    await mustRun('buildah', ['config', ...settings, container]);
    await mustRun('buildah', ['commit', container, NAME]);
  } finally {
    await mustRun('buildah', ['rm', container]);
  }
  return NAME;
}

async function fill(folder: string): Promise<void> {
  const root = path.join(folder, 'root');
  console.error(`Making a Debian ${SUITE} with Node.js ${NODE} …`);
  const packages = '--include=ca-certificates,libatomic1';
  await mustRun('debootstrap', ['--variant=minbase', packages, SUITE, root, MIRROR]);
  await mustRun('npm', [
    ...['install', '--global', '--prefix', path.join(root, 'usr/local'), '--ignore-scripts=false'],
    ...['--no-audit', '--no-fund', '--loglevel=error', `node@${NODE}`, `npm@${NPM}`],
  ]);
  await copyFile(CERTIFICATES, path.join(root, CERTIFICATES));
  const settings = path.join(root, 'etc/apt/apt.conf.d');
  await mkdir(settings, { recursive: true });
  // A mirror may serve a snapshot, whose lists are past their date.
  await writeFile(path.join(settings, '99snapshot'), 'Acquire::Check-Valid-Until "false";\n');
}

/** How `make image` is told to use the base. Without a container runtime: this may run where there is none. */
export async function baseVariables(): Promise<Readonly<Record<string, string>>> {
  return { BUILDER: 'buildah', BUILDAH_ISOLATION: 'chroot', BASE: await buildBase() };
}

if (import.meta.main) {
  const variables = Object.entries(await baseVariables());
  console.log(variables.map(([name, value]) => `${name}=${value}`).join(' '));
}
