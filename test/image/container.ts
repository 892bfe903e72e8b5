/** Runs an image from its archive as a cluster would, with runc: read-only root, no capability but those named. Needs root. */
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mustRun, type Result, run } from '../../tools/run.ts';
import { Server } from '../support/server.ts';

export interface ContainerOptions {
  /** The whole command line. */
  readonly args: readonly string[];
  readonly user: number;
  readonly capabilities?: readonly string[];
  readonly env?: readonly string[];
  /** Folders of this machine, by where they stand in the container; `writable` lets it write there. */
  readonly folders?: Readonly<Record<string, { readonly from: string; readonly writable?: boolean }>>;
  /** A file that stands for a network namespace; by default a new one. */
  readonly network?: string;
}

export interface Image {
  readonly rootfs: string;
  /** The image's configuration, as text. */
  readonly config: string;
  run(options: ContainerOptions): Promise<Result>;
  /** Starts it, and says how to send its first process a signal. */
  start(options: ContainerOptions): Promise<{ readonly server: Server; pid(): Promise<number> }>;
}

/** Unpacks the archive below `folder`, where the containers have their files, too. */
export async function openImage(archive: string, folder: string): Promise<Image> {
  const unpacked = path.join(folder, 'archive');
  const rootfs = path.join(folder, 'rootfs');
  await mkdir(unpacked);
  await mkdir(rootfs);
  await mustRun('tar', ['--extract', '--file', archive, '--directory', unpacked]);
  const manifest = await mustRun('cat', [path.join(unpacked, 'manifest.json')]);
  for (const [layer] of manifest.matchAll(/[0-9a-f]{64}\.tar/g)) {
    await mustRun('tar', ['--extract', '--file', path.join(unpacked, layer), '--directory', rootfs]);
  }
  const [config = ''] = /[0-9a-f]{64}\.json/.exec(manifest) ?? [];

  const prepare = async (options: ContainerOptions) => {
    const name = `portcullis-${randomUUID()}`;
    const bundle = path.join(folder, name);
    await mkdir(bundle);
    await writeFile(path.join(bundle, 'config.json'), JSON.stringify(specification(rootfs, options)));
    const runc = ['--root', path.join(folder, 'runc')];
    return { name, runc, args: [...runc, 'run', '--bundle', bundle, name] };
  };
  return {
    rootfs,
    config: await mustRun('cat', [path.join(unpacked, config)]),
    async run(options) {
      return run('runc', (await prepare(options)).args);
    },
    async start(options) {
      const { name, runc, args } = await prepare(options);
      return {
        server: new Server({ name: options.args.join(' '), program: 'runc', args }),
        async pid() {
          const state = await mustRun('runc', [...runc, 'state', name]);
          return Number(/"pid": (\d+)/.exec(state)?.[1]);
        },
      };
    },
  };
}

function specification(rootfs: string, options: ContainerOptions) {
  const { args, user, capabilities = [], env = [], folders = {}, network } = options;
  const kinds = ['bounding', 'effective', 'permitted', 'inheritable'];
  return {
    ociVersion: '1.0.2',
    process: {
      user: { uid: user, gid: user },
      args,
      env: ['PATH=/usr/bin:/usr/sbin', ...env],
      cwd: '/',
      capabilities: Object.fromEntries(kinds.map((kind) => [kind, capabilities])),
      noNewPrivileges: true,
    },
    root: { path: rootfs, readonly: true },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
      ...Object.entries(folders).map(([destination, { from, writable }]) => ({
        destination,
        type: 'bind',
        source: from,
        options: ['rbind', writable ? 'rw' : 'ro'],
      })),
    ],
    linux: {
      namespaces: [
        ...['pid', 'mount', 'ipc', 'uts'].map((type) => ({ type })),
        { type: 'network', ...(network !== undefined && { path: network }) },
      ],
    },
  };
}
