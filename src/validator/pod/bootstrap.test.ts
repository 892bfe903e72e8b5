import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EnvoySettings } from '../../sidecar/settings.ts';
import { authorizerAt, bootstrapFor, writeBootstrap } from './bootstrap.ts';

const settings: EnvoySettings = {
  listeners: [
    { port: 8080, listener: 15906, protocol: 'HTTP' },
    { port: 9090, listener: 15907, protocol: 'H2C', appPort: 9091, appAddress: '::1' },
  ],
  maxHeapBytes: 128 * 1024 * 1024,
};
const socket = { kind: 'unix', path: '/run/portcullis/http.sock' } as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portcullis-bootstrap-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('each guarded port has its listener, and its app where the pod has it', () => {
  const text = JSON.stringify(bootstrapFor(settings, socket, '0.0.0.0', '/run/drain'));
  const { static_resources: resources, admin } = JSON.parse(text);
  expect(admin).toBeUndefined();
  expect(resources.listeners).toMatchObject([
    { name: 'guarded_8080', address: { socket_address: { address: '0.0.0.0', port_value: 15906 } } },
    { name: 'guarded_9090', address: { socket_address: { address: '0.0.0.0', port_value: 15907 } } },
  ]);
  const place = (address: string, port_value: number) => ({
    load_assignment: {
      endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address, port_value } } } }] }],
    },
  });
  expect(resources.clusters).toMatchObject([
    {
      ...place('127.0.0.1', 8080),
      upstream_bind_config: { source_address: { address: '127.0.0.6' } },
    },
    place('::1', 9091),
    { name: 'portcullis_validator' },
  ]);
  expect(resources.clusters[1]).not.toHaveProperty('upstream_bind_config');
});

it.each([
  ['a socket', socket, undefined, { kind: 'unix', path: socket.path }],
  [
    'every address',
    { kind: 'tcp', host: '0.0.0.0', port: 9001 },
    undefined,
    { kind: 'tcp', address: '127.0.0.1', port: 9001 },
  ],
  [
    'gRPC alone',
    undefined,
    { kind: 'tcp', host: '::', port: 9002 },
    { kind: 'grpc', address: { address: '::1', port: 9002 } },
  ],
  ['both', socket, { kind: 'unix', path: '/run/grpc.sock' }, { kind: 'unix', path: socket.path }],
] as const)('Envoy asks where the validator listens: %s', (_, http, grpc, authorizer) => {
  expect(authorizerAt({ http, grpc })).toEqual(authorizer);
});

it('the file replaces another at once, after what it needs, and any user may read it', async () => {
  const file = join(folder, 'envoy.json');
  writeFileSync(file, 'old', { mode: 0o600 });
  let prepared = '';
  const prepare = async () => {
    prepared = readFileSync(file, 'utf8');
  };
  await writeBootstrap(file, settings, { http: socket, grpc: undefined }, undefined, prepare);
  expect(prepared).toBe('old');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveProperty('static_resources');
  expect(statSync(file).mode & 0o777).toBe(0o644);
  expect(readdirSync(folder)).toEqual(['envoy.json']);
});

it('a folder that is not there is one clear line', async () => {
  const bound = { http: socket, grpc: undefined };
  const written = writeBootstrap(
    join(folder, 'no/envoy.json'),
    settings,
    bound,
    undefined,
    async () => undefined,
  );
  await expect(written).rejects.toThrow(
    /^cannot write \S+\/no\/envoy\.json, which PORTCULLIS_ENVOY_BOOTSTRAP names \(ENOENT\): is its folder there/,
  );
});
