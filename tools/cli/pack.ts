/** Packs the command and Node.js into one executable, for this machine or another. */

import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fromGoSource } from '../go-source.ts';
import { mustRun } from '../run.ts';
import { nodeFor, OWN_PLATFORM, type Platform } from './platforms.ts';

/**
 * @param bundle dist/portcullis.cjs.
 * @param output gets the executable, in a folder that is made if it is not there.
 */
export async function pack(platform: Platform, bundle: string, output: string): Promise<void> {
  await mkdir(path.dirname(output), { recursive: true });
  const settings = `${output}.json`;
  await writeFile(
    settings,
    JSON.stringify({
      main: bundle,
      executable: await nodeFor(platform),
      output,
      disableExperimentalSEAWarning: true,
      // Compiled code is for one kind of machine.
      useCodeCache: platform === OWN_PLATFORM,
      // NODE_OPTIONS are for other programs.
      execArgvExtension: 'none',
    }),
  );
  await mustRun(process.execPath, ['--build-sea', settings]);
  await rm(settings);
  if (platform.startsWith('darwin-')) await mustRun(await signer(), [output, 'dev.portcullis.cli']);
}

async function signer(): Promise<string> {
  const built = await fromGoSource({
    name: 'signer',
    folder: path.join(import.meta.dirname, 'signer'),
    files: ['main.go'],
    packages: ['.'],
  });
  return path.join(built, 'signer');
}
