// What stands in a server of nginx besides, and would open what is guarded: error pages, caches.

import { describe, expect, it, onTestFinished } from 'vitest';
import { contractCases, MANIFESTS, withToken } from '../envoy/contract-cases.ts';
import { send } from '../envoy/guarded.ts';
import { type RawApp, startRawApp } from '../envoy/raw-app.ts';
import { freePorts } from '../support/server.ts';
import { startValidator } from '../support/validator.ts';
import { startNginxWith } from './nginx.ts';

const NO_VALIDATOR = 1;

async function nginxWith(
  { http, server }: { readonly http?: string; readonly server: (app: number) => string },
  validator: number,
): Promise<{ port: number; app: RawApp }> {
  const app = await startRawApp();
  onTestFinished(() => app.stop());
  const parts = { app: app.port, validator: { http: validator, grpc: validator } };
  const besides = { ...(http !== undefined && { http }), server: server(app.port) };
  const nginx = await startNginxWith(parts, besides);
  onTestFinished(() => nginx.stop());
  app.received.length = 0;
  return { port: nginx.port, app };
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
