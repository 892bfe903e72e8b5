/**
 * Builds Traefik from its Go module, without two things that cannot be had: lego's DNS providers, one of whose modules no
 * proxy serves, and the newest fork of a library for basic authentication, in place of which go.mod names the one before.
 */

import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cached } from '../../../tools/cache.ts';
import { findGo } from '../../../tools/go.ts';
import { mustRun } from '../../../tools/run.ts';

const SOURCE = path.join(import.meta.dirname, 'module');
const MODULE = 'github.com/traefik/traefik/v3';
const LEGO = 'github.com/go-acme/lego/v5';

/** Built once, and kept in the cache under a hash of its source. */
export async function traefikProgram(): Promise<string> {
  const goMod = await readFile(path.join(SOURCE, 'go.mod'), 'utf8');
  const hash = createHash('sha256').update(goMod).digest('hex').slice(0, 16);
  return path.join(await cached(`traefik-${hash}`, (place) => build(goMod, place)), 'traefik');
}

async function build(goMod: string, place: string): Promise<void> {
  const go = await findGo();
  console.error(`Building traefik ${versionOf(goMod, MODULE)}; the first time takes some minutes …`);
  const folder = await mkdtemp(path.join(tmpdir(), 'traefik-'));
  try {
    await cp(SOURCE, folder, { recursive: true });
    await withoutProviders(go, folder, versionOf(goMod, LEGO));
    const flags = ['-trimpath', '-mod=readonly', '-ldflags', '-s -w'];
    await mustRun(go, ['build', ...flags, '-o', path.join(place, 'traefik'), `${MODULE}/cmd/traefik`], {
      cwd: folder,
      env: { CGO_ENABLED: '0' },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Puts lego where go.mod looks for it, with a provider of none in place of them all. */
async function withoutProviders(go: string, folder: string, version: string): Promise<void> {
  const said = await mustRun(go, ['mod', 'download', '-json', `${LEGO}@${version}`]);
  const { Dir: lego } = JSON.parse(said) as { readonly Dir: string };
  const copy = path.join(folder, 'lego');
  const providers = path.join(lego, 'providers', 'dns');
  await cp(lego, copy, { recursive: true, filter: (file) => file !== providers, mode: 0 });
  // Modules are kept read-only.
  await mustRun('chmod', ['-R', 'u+w', copy]);
  await cp(path.join(SOURCE, 'dns'), path.join(copy, 'providers', 'dns'), { recursive: true });
}

function versionOf(goMod: string, module: string): string {
  const version = new RegExp(`^(?:require|\\t)?\\s*${module} (v\\S+)`, 'm').exec(goMod)?.[1];
  if (version === undefined) throw new Error(`go.mod names no version of ${module}`);
  return version;
}
