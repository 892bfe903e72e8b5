/** A file that is there whole or not at all. */

import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../../base/error-code.ts';

export interface Disk {
  /** Undefined when there is no such file. */
  read(file: string): Promise<string | undefined>;
  /** After a crash at any moment there is either the old file or the new one. */
  replace(file: string, text: string): Promise<void>;
}

export const systemDisk: Disk = {
  read: async (file) => {
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  },
  replace: async (file, text) => {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const draft = `${file}.new`;
    const handle = await open(draft, 'w', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  },
};
