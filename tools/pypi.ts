/** Programs that come as packages from PyPI, each in a virtual environment of its own in the cache. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { cached } from './cache.ts';
import { mustRun, run } from './run.ts';

/** Installs exactly this version, unless it is there, and returns the folder that holds the package's files. */
export const fromPyPI = (name: string, version: string): Promise<string> =>
  allFromPyPI(`${name}-${version}`, [`${name}==${version}`]);

/**
 * Installs exactly these packages, each as `name==version`, in one environment that the cache keeps as `place`, and
 * returns the folder that holds their files. Throws with the way out where Python or its venv module is missing.
 */
export async function allFromPyPI(place: string, packages: readonly string[]): Promise<string> {
  const names = packages.join(', ');
  const environment = await cached(place, async (folder) => {
    await requirePython(`${names} from PyPI`);
    console.error(`Installing ${names} from PyPI …`);
    await mustRun('python3', ['-m', 'venv', folder]);
    const options = ['--quiet', '--no-input', '--disable-pip-version-check', '--no-deps'];
    await mustRun(path.join(folder, 'bin', 'python3'), ['-m', 'pip', 'install', ...options, ...packages]);
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
