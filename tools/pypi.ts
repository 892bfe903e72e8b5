/** Programs that come as packages from PyPI, each in a virtual environment of its own in the cache. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { cached } from './cache.ts';
import { mustRun, run } from './run.ts';

/**
 * Installs exactly this version, unless it is there, and returns the folder that holds the package's files.
 * Throws with the way out where Python or its venv module is missing.
 */
export async function fromPyPI(name: string, version: string): Promise<string> {
  const environment = await cached(`${name}-${version}`, async (folder) => {
    await requirePython(`${name} ${version} from PyPI`);
    console.error(`Installing ${name} ${version} from PyPI …`);
    await mustRun('python3', ['-m', 'venv', folder]);
    const options = ['--quiet', '--no-input', '--disable-pip-version-check', '--no-deps'];
    await mustRun(path.join(folder, 'bin', 'python3'), [
      '-m',
      'pip',
      'install',
      ...options,
      `${name}==${version}`,
    ]);
  });
  for (const python of await readdir(path.join(environment, 'lib'))) {
    if (python.startsWith('python')) return path.join(environment, 'lib', python, 'site-packages');
  }
  throw new Error(`${environment} is no virtual environment: remove it and try again`);
}

async function requirePython(purpose: string): Promise<void> {
  // ensurepip is the half of venv that Debian packages apart.
  const python = await run('python3', ['-c', 'import venv, ensurepip']).catch(() => undefined);
  if (python?.code === 0) return;
  const missing = python === undefined ? 'python3 is missing' : "python3's venv module is missing";
  throw new Error(`${missing}, which installs ${purpose}. Debian, Ubuntu: apt-get install python3-venv`);
}
