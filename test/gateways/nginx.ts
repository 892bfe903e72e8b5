/** Debian's nginx, with what `portcullis envoy-config --for nginx` prints. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromDebian } from '../paths/server.ts';
import { freePorts, Server, temporaryFolder } from '../support/server.ts';
import type { GatewayParts, GatewayProgram, RunningGateway } from './gateway.ts';
import { asked, blockOf, printedParts } from './printed.ts';
import { serving } from './serving.ts';

export const nginx: GatewayProgram = {
  name: 'nginx',
  start: startNginx,
  traits: {
    unavailable: 503,
    late: 503,
    unavailableProblem: true,
    trueReasonOf503: true,
    refusesItself: {
      request_malformed: 'it answers 400 to a doubled Host',
      token_ambiguous: 'it answers 400 to a doubled Authorization',
    },
    tidiesPaths: false,
    hidesUpgrade: false,
    handsOnOffers: false,
    servesMetadata: true,
    losesNamedHeaders: false,
  },
};

/** What somebody's configuration has besides what is printed. FOLDER/pages/50x.html is a page of his own. */
export interface Besides {
  /** Into http { }. */
  readonly http?: string;
  /** Into server { }, behind what is printed. */
  readonly server?: string;
}

function startNginx(parts: GatewayParts): Promise<RunningGateway> {
  return startNginxWith(parts, {});
}

export async function startNginxWith(
  { app, validator }: Omit<GatewayParts, 'hosts'>,
  { http = '', server = '' }: Besides,
): Promise<RunningGateway> {
  const folder = await temporaryFolder('nginx');
  const [port = 0] = await freePorts(1);
  const parts = await printedParts('nginx', ...asked(validator));
  for (const [n, name] of ['http', 'server', 'headers'].entries()) {
    await writeFile(join(folder.path, `portcullis-${name}.conf`), parts[n] ?? '');
  }
  await mkdir(join(folder.path, 'logs'));
  await mkdir(join(folder.path, 'pages'));
  await writeFile(join(folder.path, 'pages', '50x.html'), 'down for maintenance');
  const here = (text: string): string => text.replaceAll('FOLDER', folder.path);
  const page = await blockOf('nginx', 'nginx');
  await writeFile(
    join(folder.path, 'nginx.conf'),
    `daemon off;
master_process off; # As whoever runs the tests: the folder is his.
pid ${folder.path}/pid;
error_log stderr;
events {}
${page
  .replace(
    'http {',
    () =>
      `http {\n  access_log off;\n${TEMPORARY.map((kind) => `${kind}_temp_path ${folder.path}/${kind};`).join('\n')}\n${here(http)}`,
  )
  .replace('listen 80;', `listen 127.0.0.1:${port};`)
  .replace('127.0.0.1:8080', `127.0.0.1:${app}`)
  .replace('include portcullis-server.conf;', (line) => `${line}\n${here(server)}`)}`,
  );
  const process = new Server({
    name: 'nginx',
    program: await fromDebian('nginx', 'nginx-light'),
    args: ['-p', folder.path, '-c', join(folder.path, 'nginx.conf'), '-e', 'stderr'],
  });
  return serving(process, port, () => folder.remove());
}

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'] as const;
