// What `portcullis envoy-config` prints, pasted into a real Envoy.

import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { startDemoApi } from '../../dev/api.ts';
import { get } from '../../dev/request.ts';
import { findEnvoy } from '../../tools/envoy.ts';
import { mustRun, run } from '../../tools/run.ts';
import { temporaryFolder } from '../support/server.ts';
import { startEnvoy } from './harness.ts';

interface Manager {
  readonly http_filters: readonly object[];
}
interface Resources {
  readonly clusters: readonly object[];
}

const program = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

async function printed(...args: string[]): Promise<readonly unknown[]> {
  const out = await mustRun(process.execPath, [program, 'envoy-config', '--for', ...args]);
  return parseAllDocuments(out).map((document) => document.toJS());
}

const router = {
  name: 'envoy.filters.http.router',
  typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
};

/** What a route may ask for. */
const NOT_LOST = { name: 'lost', present_match: true, invert_match: true };

/** Somebody's gateway, with the pieces where their comments say that they go. */
function gateway(manager: Manager, { clusters }: Resources, appPort = 3000): object {
  const endpoint = { address: { socket_address: { address: '127.0.0.1', port_value: appPort } } };
  const virtualHost = {
    name: 'app',
    domains: ['*'],
    routes: [{ match: { prefix: '/', headers: [NOT_LOST] }, route: { cluster: 'app' } }],
  };
  return {
    static_resources: {
      listeners: [
        {
          name: 'edge',
          address: { socket_address: { address: '127.0.0.1', port_value: 0 } },
          filter_chains: [
            {
              filters: [
                {
                  name: 'envoy.filters.network.http_connection_manager',
                  typed_config: {
                    '@type':
                      'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
                    stat_prefix: 'edge',
                    route_config: { virtual_hosts: [virtualHost] },
                    ...manager,
                    http_filters: [...manager.http_filters, router],
                  },
                },
              ],
            },
          ],
        },
      ],
      clusters: [
        {
          name: 'app',
          type: 'STATIC',
          load_assignment: { cluster_name: 'app', endpoints: [{ lb_endpoints: [{ endpoint }] }] },
        },
        ...clusters,
      ],
    },
  };
}

test.each([
  [[]],
  [['--port', '8443']],
  [['--protocol', 'grpc']],
  [['--address', '10.0.0.7:9001']],
  [['--address', '[fd00::7]:9002', '--protocol', 'grpc']],
  [['--address', 'unix:/run/portcullis/validator.sock']],
])('Envoy takes what --for envoy prints with %j, without a warning', async (args) => {
  const [manager, resources] = (await printed('envoy', ...args)) as [Manager, Resources];
  const folder = await temporaryFolder('gateway');
  onTestFinished(() => folder.remove());
  const config = join(folder.path, 'envoy.json');
  await writeFile(config, JSON.stringify(gateway(manager, resources)));
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
    const asked: IncomingHttpHeaders[] = [];
    const server = createServer((request, response) => {
      asked.push(request.headers);
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

  test('asks a validator that it looks up by name', async () => {
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

  test('answers 503 in our words when nobody is there', async () => {
    const { port } = await authorizer(200);
    const pieces = (await printed('envoy', '--address', `nobody.invalid:${port}`)) as [Manager, Resources];
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

  test('has no answer where it has no route, and no 503 either', async () => {
    const { asked, port } = await authorizer(200);
    const pieces = (await printed('envoy', '--address', `127.0.0.1:${port}`)) as [Manager, Resources];
    const edge = await start(...pieces);
    expect(await get(edge, '/', { lost: 'yes' })).toMatchObject({ status: 404, body: '' });
    expect(asked).toEqual([]);
  });

  test('by Istio over HTTP is asked with port and peer stated over the client’s own', async () => {
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
