// The generated configuration towards our gRPC service: whose word is it when there is a 503?

import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DemoApi, type Echo, startDemoApi } from '../../dev/api.ts';
import { get } from '../../dev/request.ts';
import type { Decision } from '../../src/decision/decision.ts';
import { envoyBootstrap } from '../../src/sidecar/bootstrap.ts';
import type { CheckCall } from '../../src/validator/check.ts';
import { type GrpcService, startGrpcService } from '../../src/validator/grpc/server.ts';
import { atOnce } from '../../src/validator/testing/asking.ts';
import { temporaryFolder } from '../support/server.ts';
import { type Envoy, startEnvoy } from './harness.ts';

const judged = {
  binding: 'shop/orders',
  rule: 'admin',
  source: 'shop/demo',
  user: 'joe',
};

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let api: DemoApi;
let service: GrpcService;
let envoy: Envoy;
let port: number;
let decision: Decision;
let checked: CheckCall | undefined;

beforeAll(async () => {
  folder = await temporaryFolder('grpc');
  api = await startDemoApi(0);
  const path = join(folder.path, 'grpc.sock');
  const answer = (check: CheckCall): Decision => {
    checked = check;
    return decision;
  };
  service = await startGrpcService(
    { kind: 'unix', path },
    { ask: atOnce(answer), record: () => undefined, onError: () => undefined },
  );
  const listen = { address: '127.0.0.1', port: 0 };
  envoy = await startEnvoy(
    envoyBootstrap({
      listeners: [{ port: 8080, listen, app: { address: '127.0.0.1', port: api.port }, protocol: 'HTTP' }],
      authorizer: { kind: 'grpc', address: { path } },
      admin: 'off',
      maxHeapBytes: 256 * 1024 * 1024,
    }),
  );
  port = envoy.ports.guarded_8080 ?? 0;
});
afterAll(async () => {
  await envoy.stop();
  service.destroy();
  await api.stop();
  await folder.remove();
});

it('an allowed request has our headers and none of that name', async () => {
  decision = {
    ...judged,
    client: undefined,
    outcome: 'allowed',
    reason: 'authenticated',
    upstream: { set: [['x-auth-user', 'joe']], remove: ['x-auth-roles'] },
  };
  const answer = await get(port, '/a//b/..%2f?q=1', { 'x-auth-user': 'ann', 'X-Auth-Roles': 'admin' });
  const { path, headers } = JSON.parse(answer.body) as Echo;
  expect(path).toBe('/a//b/..%2f?q=1');
  expect(headers['x-auth-user']).toBe('joe');
  expect(
    Object.keys(headers).filter((name) => /^(x-auth-roles|x-portcullis-|portcullis-)/.test(name)),
  ).toEqual([]);
  expect(checked?.request).toMatchObject({
    pathAndQuery: '/a//b/..%2f?q=1',
    headers: { 'x-auth-user': 'ann' },
  });
});

it.each([
  [401, 'token_missing'],
  [403, 'role_mismatch'],
  [503, 'keys_unavailable'],
] as const)('a denial keeps its status and reason: %i %s', async (status, reason) => {
  decision = {
    ...judged,
    client: undefined,
    outcome: 'denied',
    reason,
    detail: '',
    status,
    headers: [
      ['content-type', 'application/problem+json'],
      ['retry-after', '7'],
    ],
    body: `{"reason":"${reason}"}`,
  };
  expect(await get(port, `/${reason}`, {})).toMatchObject({
    status,
    headers: { 'content-type': 'application/problem+json', 'retry-after': '7' },
    body: `{"reason":"${reason}"}`,
  });
  const line = (): string | undefined =>
    envoy
      .logs()
      .split('\n')
      .find((text) => text.includes(`"path":"/${reason}"`));
  await expect.poll(line).toContain(`"reason":"${reason}"`);
  expect(JSON.parse(line() ?? '')).toMatchObject({ ...judged, outcome: 'denied', status });
});

it('without the service, Envoy answers for it', async () => {
  service.destroy();
  const answer = await get(port, '/', {});
  expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  expect(JSON.parse(answer.body)).toMatchObject({ reason: 'authorization_unavailable' });
});
