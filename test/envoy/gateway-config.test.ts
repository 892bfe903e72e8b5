// What `portcullis envoy-config` prints, pasted into a real Envoy.

import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startDemoApi } from '../../dev/api.ts';
import { get } from '../../dev/request.ts';
import { createAuthority } from '../../src/issuers/testing/certificates.ts';
import { findEnvoy } from '../../tools/envoy.ts';
import { run } from '../../tools/run.ts';
import { temporaryFolder } from '../support/server.ts';
import { gateway, type Manager, printed, type Resources } from './gateway-stage.ts';
import { startEnvoy } from './harness.ts';

it.each([
  [[]],
  [['--port', '8443']],
  [['--protocol', 'grpc']],
  [['--address', '10.0.0.7:9001']],
  [['--address', '[fd00::7]:9002', '--protocol', 'grpc']],
  [['--tls', 'off']],
  [['--address', 'unix:/run/portcullis/validator.sock']],
])('Envoy takes what --for envoy prints with %j, without a warning', async (args) => {
  const folder = await temporaryFolder('gateway');
  onTestFinished(() => folder.remove());
  const ca = join(folder.path, 'ca.crt');
  await writeFile(ca, (await createAuthority('validators')).certificate);
  const isPlain = args.includes('off') || args.some((arg) => arg.startsWith('unix:'));
  const pieces = await printed('envoy', ...args, ...(isPlain ? [] : ['--ca', ca]));
  const [manager, resources, node = {}, authorities] = pieces as [Manager, Resources, object?, object?];
  if (authorities !== undefined) await writeFile(join(folder.path, 'ca.yaml'), JSON.stringify(authorities));
  const config = join(folder.path, 'envoy.json');
  await writeFile(config, JSON.stringify({ ...node, ...gateway(manager, resources) }));
  const ended = await run(await findEnvoy(), ['--mode', 'validate', '-c', config, '--log-level', 'warn']);
  expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('OK'), stderr: '' });
});

describe('a gateway with it', () => {
  const ALLOW = {
    'x-auth-user': 'joe',
    'x-envoy-auth-headers-to-remove': 'x-auth-roles',
    'portcullis-outcome': 'allowed',
    'portcullis-reason': 'authenticated',
  };

  /** An authorizer at a port of every loopback address, which keeps what it was asked. */
  async function authorizer(status: number) {
    const asked: (IncomingHttpHeaders & { readonly line: string })[] = [];
    const server = createServer((request, response) => {
      asked.push({ ...request.headers, line: `${request.method} ${request.url}` });
      response.writeHead(status, ALLOW).end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const close = (): void => {
      server.closeAllConnections();
      server.close();
    };
    onTestFinished(close);
    return { asked, close, port: (server.address() as AddressInfo).port };
  }

  async function start(manager: Manager, resources: Resources): Promise<number> {
    const api = await startDemoApi(0);
    onTestFinished(() => api.stop());
    const envoy = await startEnvoy(gateway(manager, resources, api.port));
    onTestFinished(() => envoy.stop());
    return envoy.ports.edge ?? 0;
  }

  const FORGED = {
    'x-auth-user': 'mallory',
    'x-auth-roles': 'admin',
    'x-portcullis-port': '1',
    'x-portcullis-client': '9.9.9.9',
  };

  it('asks a validator that it looks up by name', async () => {
    const { asked, port } = await authorizer(200);
    const pieces = (await printed('envoy', '--address', `localhost:${port}`)) as [Manager, Resources];
    const edge = await start(...pieces);
    const { status, body } = await get(edge, '/a//b/..%2f', { ...FORGED, 'x-original-url': '/admin' });
    expect(status).toBe(200);
    const { headers, path } = JSON.parse(body);
    expect([path, headers['x-auth-user']]).toEqual(['/a//b/..%2f', 'joe']);
    for (const name of ['x-auth-roles', 'x-original-url', 'x-portcullis-port', 'portcullis-reason'])
      expect(headers).not.toHaveProperty(name);
    expect(asked[0]).not.toHaveProperty('x-portcullis-port');
    expect(asked[0]).toMatchObject({ 'x-portcullis-client': '127.0.0.1' });
  });

  it('answers 503 in our words when nobody is there', async () => {
    const { port } = await authorizer(200);
    const args = ['--address', `nobody.invalid:${port}`, '--tls', 'off'];
    const pieces = (await printed('envoy', ...args)) as [Manager, Resources];
    const edge = await start(...pieces);
    const grpc = await get(edge, '/', { 'content-type': 'application/grpc' });
    expect(grpc).toMatchObject({ body: '', headers: { 'grpc-status': '14', 'retry-after': '1' } });
    const answer = await get(edge, '/', {});
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1', 'content-type': 'application/problem+json' },
    });
    expect(JSON.parse(answer.body)).toMatchObject({ reason: 'authorization_unavailable' });
  });

  it('has no answer where it has no route, and no 503 either', async () => {
    const { asked, port } = await authorizer(200);
    const pieces = (await printed('envoy', '--address', `127.0.0.1:${port}`)) as [Manager, Resources];
    const edge = await start(...pieces);
    expect(await get(edge, '/', { lost: 'yes' })).toMatchObject({ status: 404, body: '' });
    expect(asked).toEqual([]);
  });

  it('by Istio over HTTP is asked with port and peer stated over the client’s own', async () => {
    const { asked, port, close } = await authorizer(200);
    const args = ['--protocol', 'http', '--port', '8443'];
    const [mesh] = (await printed('istio', ...args)) as [
      { extensionProviders: { envoyExtAuthzHttp: Record<string, readonly string[]> }[] },
    ];
    const provider = mesh.extensionProviders[0]?.envoyExtAuthzHttp ?? {};
    const patterns = (field: string) => ({
      patterns: (provider[field] ?? []).map((name) =>
        name.endsWith('*') ? { prefix: name.slice(0, -1) } : { exact: name },
      ),
    });
    // As Istio translates its provider.
    const filter = {
      name: 'envoy.filters.http.ext_authz',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz',
        transport_api_version: 'V3',
        allowed_headers: patterns('includeRequestHeadersInCheck'),
        http_service: {
          server_uri: { uri: 'http://x', cluster: 'portcullis_validator', timeout: '1s' },
          path_prefix: provider.pathPrefix,
          authorization_request: {
            headers_to_add: Object.entries(provider.includeAdditionalHeadersInCheck ?? {}).map(
              ([key, value]) => ({ key, value }),
            ),
          },
          authorization_response: {
            allowed_upstream_headers: patterns('headersToUpstreamOnAllow'),
            allowed_client_headers: patterns('headersToDownstreamOnDeny'),
          },
        },
      },
    };
    const [, resources] = (await printed('envoy', '--address', `127.0.0.1:${port}`)) as [Manager, Resources];
    const edge = await start({ http_filters: [filter] }, resources);
    const answer = await get(edge, '/', {
      ...FORGED,
      authorization: 'Bearer x',
      'content-type': 'text/plain',
    });
    expect(JSON.parse(answer.body).headers).toMatchObject({ 'x-auth-user': 'joe' });
    expect(asked[0]).toMatchObject({
      line: 'GET /envoy/',
      authorization: 'Bearer x',
      'x-portcullis-port': '8443',
      'x-portcullis-client': '127.0.0.1',
    });
    expect(asked[0]).not.toHaveProperty('content-type');
    close();
    for (const headers of [{}, { 'content-type': 'application/grpc' }]) {
      expect((await get(edge, '/', headers)).body).not.toContain('"path"');
    }
  });
});
