/** Files that others read: there whole or not at all, and one from before a restart is replaced. */

import { chmod, rename, writeFile } from 'node:fs/promises';

/** Envoy runs under a user of its own, and there is no secret in what it reads. */
const MODE = 0o644;

/** Not twice at one time for one file. Rejects with the file system's error. */
export async function replaceFile(file: string, content: string): Promise<void> {
  const draft = `${file}.new`;
  await writeFile(draft, content, { mode: MODE });
  await chmod(draft, MODE); // whatever the umask
  await rename(draft, file);
}
