/** Debian's packages in the base: which one a file is from, and what its licence and its record are. */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { mustRun, run } from '../run.ts';
import { debPurl, type Part } from './sbom.ts';

export interface DebianPackage {
  readonly part: Part;
  /** The package's record, which scanners look for in /var/lib/dpkg/status.d. */
  readonly record: string;
  readonly copyright: string;
}

/** The package that `file` came with, or undefined where it came otherwise. */
export async function packageOf(file: string, release: string): Promise<DebianPackage | undefined> {
  for (const name of await namesOf(file)) {
    const found = await run('dpkg-query', ['--search', name]);
    const owner = /^([^:,\s]+(?::[^:,\s]+)?): /m.exec(found.stdout)?.[1];
    if (found.code === 0 && owner !== undefined) return describe(owner, release);
  }
  return undefined;
}

/** The base has /lib as a link to /usr/lib, and dpkg knows a file by one of its names only. */
async function namesOf(file: string): Promise<readonly string[]> {
  const folder = await realpath(path.dirname(file));
  return [file, path.join(folder, path.basename(file)), await realpath(file)];
}

async function describe(owner: string, release: string): Promise<DebianPackage> {
  const fields = await mustRun('dpkg-query', [
    '--show',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query fills these in.
    '--showformat=${Package}\t${Version}\t${Architecture}',
    owner,
  ]);
  const [name = '', version = '', architecture = ''] = fields.split('\t');
  return {
    part: { kind: 'deb', name, version, purl: debPurl(name, version, architecture, release) },
    record: await mustRun('dpkg-query', ['--status', owner]),
    copyright: `/usr/share/doc/${name}/copyright`,
  };
}
