/** Replaces a file: after a crash at any moment there is either the old file or the new one, whole. */

import { open, rename } from 'node:fs/promises';

/** The mode of what Envoy reads: it runs under a user of its own, and there is no secret in it. */
export const READABLE = 0o644;

/**
 * Not twice at one time for one file. Rejects with the file system's error.
 *
 * @param mode as chmod takes it, whatever the umask.
 */
export async function replaceFile(file: string, text: string, mode: number): Promise<void> {
  const draft = `${file}.new`;
  const handle = await open(draft, 'w', mode);
  try {
    await handle.chmod(mode);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}
