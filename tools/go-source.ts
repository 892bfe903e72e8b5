/** Programs whose source stands in this checkout as a Go module: built once, and kept in the cache under a hash of it. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { cached } from './cache.ts';
import { findGo } from './go.ts';
import { mustRun } from './run.ts';

export interface GoSource {
  /** Of its folder in the cache, before the hash. */
  readonly name: string;
  /** The folder of go.mod. */
  readonly folder: string;
  /** All files that go in besides go.mod and go.sum. */
  readonly files: readonly string[];
  /** What is built, as Go names it from there. */
  readonly packages: readonly string[];
  readonly tags?: string;
  readonly linkerFlags?: string;
}

/**
 * The folder that holds the programs. Of two modules with the same libraries in the same versions, the second one finds
 * them compiled in Go's own cache, as long as both are built by this function.
 */
export async function fromGoSource(
  source: GoSource,
  finish: (place: string) => Promise<void> = async () => {},
): Promise<string> {
  const { name, folder, packages, tags = '', linkerFlags = '' } = source;
  return cached(`${name}-${await hashOf(source)}`, async (place) => {
    const go = await findGo();
    console.error(`Building ${name}; the first time takes some minutes …`);
    await mustRun(
      go,
      [
        ...['build', '-mod=readonly', '-trimpath', '-buildvcs=false', '-tags', tags],
        ...['-ldflags', `-s -w ${linkerFlags}`.trim(), '-o', `${place}/`, ...packages],
      ],
      { cwd: folder, env: { CGO_ENABLED: '0' } },
    );
    await finish(place);
  });
}

async function hashOf({ folder, files }: GoSource): Promise<string> {
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum', ...files]) hash.update(await readFile(path.join(folder, file)));
  return hash.digest('hex').slice(0, 16);
}
