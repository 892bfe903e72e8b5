/** Rails, from Debian, in its usual server. */
import path from 'node:path';
import { freePorts, Server } from '../support/server.ts';
import { type Family, fromDebian, listeningAt } from './server.ts';

const name = 'Rails in Puma';

export const rails: Family = {
  names: [name],
  start: async (folder) => {
    const program = await fromDebian('puma', 'puma ruby-railties');
    const [port = 0] = await freePorts(1);
    const options = ['--no-config', '--environment', 'production', '--threads', '4:4', '--dir', folder];
    const app = path.join(import.meta.dirname, 'rails', 'config.ru');
    const args = [...options, '--bind', `tcp://127.0.0.1:${port}`, app];
    return listeningAt(new Server({ name, program, args, cwd: folder }), name, port);
  },
};
