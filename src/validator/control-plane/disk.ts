/** Reads and replaces a file. Other processes see the old file or the new one, each whole. */

import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../../base/error-code.ts';
import { replaceFile } from '../../process/replace-file.ts';

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
    await replaceFile(file, text, 0o600);
  },
};
