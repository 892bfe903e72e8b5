/** PHP's own server, from Debian: with a front controller, and with a script for each part of the app. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePorts, Server } from '../support/server.ts';
import { type Family, fromDebian, listeningAt } from './server.ts';

export const php: Family = phpFamily('PHP, front controller', async () =>
  path.join(import.meta.dirname, 'php'),
);

export const phpFiles: Family = phpFamily('PHP, files', async (folder) => {
  for (const [place, handler] of [
    ['.', 'other'],
    ['public', 'public'],
    ['admin', 'admin'],
  ] as const) {
    await mkdir(path.join(folder, place), { recursive: true });
    await writeFile(path.join(folder, place, 'index.php'), `<?php echo 'reached:${handler}';`);
  }
  return folder;
});

function phpFamily(name: string, prepare: (folder: string) => Promise<string>): Family {
  return {
    names: [name],
    start: async (folder) => {
      const program = await fromDebian('php', 'php-cli');
      const root = await prepare(folder);
      const [port = 0] = await freePorts(1);
      const args = ['-S', `127.0.0.1:${port}`, '-t', root];
      return listeningAt(new Server({ name, program, args }), name, port);
    },
  };
}
