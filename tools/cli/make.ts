/** `make cli`: the command as one file without anything beside it. PLATFORMS names machines, or `all`. */

import { stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { pack } from './pack.ts';
import { OWN_PLATFORM, PLATFORMS, type Platform } from './platforms.ts';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));

/** Undefined where PLATFORMS names something else. */
function chosen(text: string): readonly Platform[] | undefined {
  if (text === 'all') return PLATFORMS;
  const names = text.split(/[\s,]+/).filter(Boolean);
  if (names.length === 0) return OWN_PLATFORM && [OWN_PLATFORM];
  const known = names.map((name) => PLATFORMS.find((platform) => platform === name));
  return known.every((platform) => platform !== undefined) ? known : undefined;
}

async function make(platform: Platform): Promise<void> {
  const output = path.join(dist, 'cli', `portcullis-${platform}`);
  await pack(platform, path.join(dist, 'portcullis.cjs'), output);
  const { size } = await stat(output);
  console.log(`${path.relative(process.cwd(), output)}: ${Math.round(size / 1e6)} MB`);
}

const platforms = chosen(process.env.PLATFORMS ?? '');
if (platforms === undefined) {
  console.error(`PLATFORMS must be "all", or name some of ${PLATFORMS.join(', ')}.`);
  process.exitCode = 2;
} else {
  for (const platform of platforms) await make(platform);
}
