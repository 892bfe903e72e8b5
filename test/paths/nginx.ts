/** nginx, from Debian, with prefix locations. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePorts, Server } from '../support/server.ts';
import { type Family, fromDebian, listeningAt } from './server.ts';

const name = 'nginx';

export const nginx: Family = {
  names: [name],
  start: async (folder) => {
    const program = await fromDebian('nginx', 'nginx-light');
    const [port = 0] = await freePorts(1);
    const file = path.join(folder, 'nginx.conf');
    await writeFile(file, configuration(folder, port));
    const args = ['-p', folder, '-e', 'stderr', '-c', file];
    return listeningAt(new Server({ name, program, args }), name, port);
  },
};

function configuration(folder: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const locations = [
    ...['public', 'admin'].flatMap((handler) => [
      `location = /${handler} { return 200 "reached:${handler}"; }`,
      `location /${handler}/ { return 200 "reached:${handler}"; }`,
    ]),
    'location / { return 200 "reached:other"; }',
  ];
  return `
    daemon off;
    worker_processes 1;
    pid ${folder}/nginx.pid;
    error_log stderr crit;
    events {}
    http {
      access_log off;
      ${temporary.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n')}
      server {
        listen 127.0.0.1:${port};
        ${locations.join('\n')}
      }
    }`;
}
