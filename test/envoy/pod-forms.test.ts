// The validator of a pod is asked by its Envoy alone: it believes nobody who tells of another request than his own.

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { send } from './guarded.ts';
import { HOST, podFolders, startPodValidator } from './pod.ts';

it.each([
  ['/forward-auth', ['x-forwarded-method', 'x-forwarded-uri', 'x-forwarded-host', 'x-forwarded-proto']],
  ['/auth-request', ['x-original-method', 'x-original-uri']],
])('%s', async (target, names) => {
  const folders = await podFolders();
  const settings = {
    listeners: [{ port: 8080, listener: 8081, protocol: 'HTTP' as const, appPort: 8082 }],
    admin: 8083,
    maxHeapBytes: 128 * 1024 * 1024,
  };
  await startPodValidator(folders, settings, {});
  const told: Readonly<Record<string, string>> = {
    'x-forwarded-method': 'GET',
    'x-forwarded-uri': '/',
    'x-forwarded-host': HOST,
    'x-forwarded-proto': 'https',
    'x-original-method': 'GET',
    'x-original-uri': '/',
  };
  const headers = names.map((name) => [name, told[name] ?? ''] as const);
  const answer = await send(join(folders.shared, 'validator.sock'), {
    target,
    headers: [['host', HOST], ...headers],
  });
  expect(answer.status).toBe(403);
  expect(JSON.parse(answer.body)).toMatchObject({ reason: 'request_malformed' });
});
