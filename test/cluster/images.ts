/** Makes an image of a folder, without any other tool: a docker-archive, as `docker save` writes it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { findOnPath } from '../../tools/cache.ts';
import { mustRun } from '../../tools/run.ts';

export interface ImageOptions {
  /** What pods call it. */
  readonly name: string;
  /** Becomes its file system; all belongs to root. */
  readonly root: string;
  readonly entrypoint: readonly string[];
  /** `UID:GID`; absent: root. */
  readonly user?: string;
}

const PATH = 'PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';

/** @returns the archive, in `folder`, which is new. */
export async function archiveImage(folder: string, options: ImageOptions): Promise<string> {
  const contents = path.join(folder, 'archive');
  await mkdir(contents, { recursive: true });
  const layer = path.join(folder, 'layer.tar');
  const owner = ['--owner=0', '--group=0', '--numeric-owner'];
  await mustRun('tar', ['--sort=name', ...owner, '-C', options.root, '-cf', layer, '.']);
  const digest = await sha256(layer);
  await rename(layer, path.join(contents, `${digest}.tar`));

  const config = JSON.stringify({
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: { Entrypoint: options.entrypoint, Env: [PATH], User: options.user },
    rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
    history: [{}],
  });
  const manifest = [{ Config: 'config.json', RepoTags: [options.name], Layers: [`${digest}.tar`] }];
  await writeFile(path.join(contents, 'config.json'), config);
  await writeFile(path.join(contents, 'manifest.json'), JSON.stringify(manifest));
  const archive = path.join(folder, 'image.tar');
  await mustRun('tar', ['-C', contents, '-cf', archive, '.']);
  return archive;
}

/** The static busybox of this machine, under every name that it knows; runs until it is told to end. */
export async function archiveBusybox(folder: string, name: string): Promise<string> {
  const busybox = (await findOnPath('busybox')) ?? 'busybox';
  const root = path.join(folder, 'root');
  await mkdir(path.join(root, 'bin'), { recursive: true });
  await mkdir(path.join(root, 'tmp'));
  await copyFile(busybox, path.join(root, 'bin', 'busybox'));
  for (const applet of (await mustRun(busybox, ['--list'])).trim().split('\n')) {
    if (applet !== 'busybox') await symlink('busybox', path.join(root, 'bin', applet));
  }
  return archiveImage(folder, { name, root, entrypoint: ['sleep', '2147483647'] });
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
