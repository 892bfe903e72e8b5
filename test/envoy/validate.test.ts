// Envoy itself reads every variant of the generated configuration.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Authorizer } from '../../src/sidecar/authorizer.ts';
import { envoyBootstrap, SERVING } from '../../src/sidecar/bootstrap.ts';
import { renderConfig } from '../../src/sidecar/config.ts';
import type { GuardedPort } from '../../src/sidecar/listener.ts';
import { findEnvoy } from '../../tools/envoy.ts';
import { type Result, run } from '../../tools/run.ts';
import { temporaryFolder } from '../support/server.ts';

const http = {
  port: 8080,
  listen: { address: '::', port: 15906 },
  app: { address: '127.0.0.1', port: 8080, from: '127.0.0.6' },
  protocol: 'HTTP',
} as const;
const h2c = {
  port: 9090,
  listen: { address: '0.0.0.0', port: 15907 },
  app: { address: '::1', port: 9090 },
  protocol: 'H2C',
} as const;

/** What Envoy says of a configuration. */
async function validate(listeners: readonly GuardedPort[], authorizer: Authorizer): Promise<Result> {
  const folder = await temporaryFolder('validate');
  try {
    const config = join(folder.path, 'envoy.json');
    const drainFile = join(folder.path, 'drain');
    await writeFile(drainFile, SERVING);
    const bootstrap = envoyBootstrap({
      listeners,
      authorizer,
      drainFile,
      admin: 15903,
      maxHeapBytes: 2 ** 28,
    });
    await writeFile(config, renderConfig(bootstrap));
    return await run(await findEnvoy(), ['--mode', 'validate', '-c', config, '--log-level', 'warn']);
  } finally {
    await folder.remove();
  }
}

it.each<readonly [string, readonly GuardedPort[], Authorizer]>([
  ['HTTP over a socket', [http], { kind: 'unix', path: '/run/v.sock' }],
  ['HTTP over TCP', [h2c], { kind: 'tcp', address: '127.0.0.1', port: 9001 }],
  ['gRPC over TCP', [http, h2c], { kind: 'grpc', address: { address: '::1', port: 9002 } }],
  ['gRPC over a socket', [http], { kind: 'grpc', address: { path: '/run/v.sock' } }],
])('accepts and has no warning for %s', async (_name, listeners, authorizer) => {
  expect(await validate(listeners, authorizer)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('OK'),
    stderr: '',
  });
});

it('refuses what it does not know, so that accepting means something', async () => {
  const port: GuardedPort = { ...http, app: { address: 'no address', port: 1 } };
  expect((await validate([port], { kind: 'unix', path: '/run/v.sock' })).code).not.toBe(0);
});
