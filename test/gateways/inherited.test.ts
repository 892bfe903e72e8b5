// What stands in a server of nginx or in a site of Caddy besides, and would open what is guarded: error pages, caches.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { contractCases, MANIFESTS, withToken } from '../envoy/contract-cases.ts';
import { send } from '../envoy/guarded.ts';
import { type RawApp, startRawApp } from '../envoy/raw-app.ts';
import { fromDebian } from '../paths/server.ts';
import { freePorts, Server, temporaryFolder } from '../support/server.ts';
import { startValidator } from '../support/validator.ts';
import { blockOf, printedParts } from './printed.ts';

interface Besides {
  /** Into http { }. */
  readonly http?: string;
  /** Behind what is printed, in server { }. */
  readonly server: (app: number) => string;
}

const NO_VALIDATOR = 1;

async function nginxWith(
  { http = '', server }: Besides,
  validator: number,
): Promise<{ port: number; app: RawApp }> {
  const app = await startRawApp();
  onTestFinished(() => app.stop());
  const folder = await temporaryFolder('nginx');
  onTestFinished(() => folder.remove());
  const [port = 0] = await freePorts(1);
  const parts = await printedParts('nginx', '--address', `127.0.0.1:${validator}`);
  for (const [n, name] of ['http', 'server', 'headers'].entries())
    await writeFile(join(folder.path, `portcullis-${name}.conf`), parts[n] ?? '');
  await mkdir(join(folder.path, 'logs'));
  await mkdir(join(folder.path, 'pages'));
  await writeFile(join(folder.path, 'pages', '50x.html'), 'down for maintenance');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const page = (await blockOf('nginx', 'nginx'))
    .replace(
      'http {',
      () =>
        `http {\naccess_log off;\n${temporary.map((kind) => `${kind}_temp_path ${folder.path}/${kind};`).join('\n')}\n${http.replaceAll('FOLDER', folder.path)}`,
    )
    .replace('listen 80;', `listen 127.0.0.1:${port};`)
    .replace('127.0.0.1:8080', `127.0.0.1:${app.port}`)
    .replace(
      'include portcullis-server.conf;',
      () => `include portcullis-server.conf;\n${server(app.port).replaceAll('FOLDER', folder.path)}`,
    );
  await writeFile(
    join(folder.path, 'nginx.conf'),
    `daemon off;\nmaster_process off;\npid ${folder.path}/pid;\nerror_log stderr;\nevents {}\n${page}`,
  );
  const nginx = new Server({
    name: 'nginx',
    program: await fromDebian('nginx', 'nginx-light'),
    args: ['-p', folder.path, '-c', join(folder.path, 'nginx.conf'), '-e', 'stderr'],
  });
  onTestFinished(() => nginx.stop());
  await nginx.until(
    'serving',
    60,
    async () => (await send(port, { target: '/', headers: [['host', 'nobody.example']] })).status > 0,
  );
  app.received.length = 0;
  return { port, app };
}

async function validatorPort(): Promise<number> {
  const validator = await startValidator({ manifests: MANIFESTS });
  onTestFinished(() => validator.stop());
  return Number(validator.http);
}

const asked = (target: string) => ({ target, headers: [['host', 'orders.example']] as const });
const targets = ({ received }: RawApp) => received.map(({ text }) => text.split('\r\n', 1)[0]);

describe('nginx', () => {
  it.each([
    [
      'an app',
      'error_page 502 503 504 = @other;',
      (app: number) =>
        `location @other { include portcullis-headers.conf; proxy_pass http://127.0.0.1:${app}; }`,
    ],
    ['a page', 'error_page 502 503 504 =200 /50x.html;', () => 'location = /50x.html { root FOLDER/pages; }'],
  ])('an error page that is %s is no answer of a validator that is gone', async (_, line, location) => {
    const { port, app } = await nginxWith({ server: (at) => `${line}\n${location(at)}` }, NO_VALIDATOR);
    const { status } = await send(port, asked('/admin'));
    expect(targets(app)).toEqual([]);
    expect(status).toBe(503);
  });

  it('an error page for an app that answers 400 is no answer of a validator', async () => {
    const server = () =>
      'proxy_intercept_errors on; error_page 400 =200 /50x.html; location = /50x.html { auth_request off; root FOLDER/pages; }';
    const { port, app } = await nginxWith({ server }, await validatorPort());
    const { status } = await send(port, asked('/maybe/%2e%2e/admin'));
    expect(targets(app)).toEqual([]);
    expect(status).toBe(400);
  });

  it('a cache of the server keeps no answer of a validator', async () => {
    const http =
      'proxy_cache_path FOLDER/cache keys_zone=all:1m; proxy_cache all; proxy_cache_valid 200 10m;';
    const { port, app } = await nginxWith({ http, server: () => '' }, await validatorPort());
    const { bearer } = contractCases(Math.floor(Date.now() / 1000));
    app.answer = (socket, text) => {
      if (text.includes('\r\n\r\n'))
        socket.end('HTTP/1.1 200 OK\r\ncache-control: no-store\r\ncontent-length: 2\r\n\r\nok');
    };
    expect((await send(port, withToken(bearer(), '/orders'))).status).toBe(200);
    expect((await send(port, asked('/orders'))).status).toBe(401);
    expect(targets(app)).toHaveLength(1);
  });

  it('a token of 16 KiB in the query passes where another server is the default one of the port', async () => {
    const [other = 0] = await freePorts(1);
    const http = `server { listen 127.0.0.1:${other} default_server; return 404; }`;
    const { app } = await nginxWith(
      { http, server: () => `listen 127.0.0.1:${other};` },
      await validatorPort(),
    );
    const { bearer } = contractCases(Math.floor(Date.now() / 1000));
    const long = bearer({ pad: 'x'.repeat(11_800) });
    expect((await send(other, asked(`/orders?access_token=${long}`))).status).toBe(200);
    expect(targets(app)).toHaveLength(1);
  });

  it('a location that is denied by nginx itself is 403', async () => {
    const server = (app: number) =>
      `location /no { deny all; include portcullis-headers.conf; proxy_pass http://127.0.0.1:${app}; }`;
    const { port } = await nginxWith({ server }, await validatorPort());
    expect((await send(port, asked('/no'))).status).toBe(403);
  });
});
