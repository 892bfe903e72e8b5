/** A volume as the kubelet mounts it: what is in it is replaced as a whole, by one symbolic link. */

import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../support/server.ts';

export interface Mounted {
  readonly path: string;
  /** By path in the volume, such as `8080/tls.crt`. */
  put(files: Readonly<Record<string, string>>): Promise<void>;
  remove(): Promise<void>;
}

export async function mountVolume(files: Readonly<Record<string, string>>): Promise<Mounted> {
  const folder = await temporaryFolder('volume');
  let revision = 0;
  const put = async (content: Readonly<Record<string, string>>): Promise<void> => {
    revision += 1;
    for (const [path, text] of Object.entries(content)) {
      const file = join(folder.path, `..${revision}`, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    await symlink(`..${revision}`, join(folder.path, '..data_tmp'));
    await rename(join(folder.path, '..data_tmp'), join(folder.path, '..data'));
  };
  await put(files);
  const tops = new Set(Object.keys(files).map((path) => path.split('/', 1)[0] ?? ''));
  for (const top of tops) await symlink(join('..data', top), join(folder.path, top));
  return { path: folder.path, put, remove: () => folder.remove() };
}
