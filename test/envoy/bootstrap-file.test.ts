// The validator writes Envoy's configuration, and a real Envoy starts from that very file.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startDemoApi } from '../../dev/api.ts';
import { get } from '../../dev/request.ts';
import { run } from '../../tools/run.ts';
import { freePorts } from '../support/server.ts';
import { bearer, HOST, podFolders, startPodEnvoy, startPodValidator, validatorLine } from './pod.ts';

const startLimit = 60;

it('Envoy guards by the file, and the validator probes past it', async () => {
  const folders = await podFolders();
  const api = await startDemoApi(0);
  onTestFinished(() => api.stop());
  const [listener = 0, admin = 0] = await freePorts(2);
  const { probed } = await startPodValidator(
    folders,
    {
      listeners: [{ port: 8080, listener, protocol: 'HTTP', appPort: api.port }],
      admin,
      maxHeapBytes: 128 * 1024 * 1024,
    },
    {
      app: { readiness: { httpGet: { port: api.port, path: '/ready' }, timeoutSeconds: 30 } },
      'portcullis-envoy': { readiness: { httpGet: { port: admin, path: '/ready' } } },
    },
  );
  expect(await probed('/startupz')).toBe(200);
  expect(await probed('/probe/app/readiness')).toBe(200);
  expect(await probed('/probe/portcullis-envoy/readiness')).toBe(503);

  const envoy = await startPodEnvoy(folders);
  await envoy.until('ready', startLimit, async () =>
    (await probed('/probe/portcullis-envoy/readiness')) === 200 ? true : undefined,
  );
  const headers = { host: HOST };
  expect(await get(listener, '/', headers)).toMatchObject({ status: 401 });
  expect(await get(listener, '/', { ...headers, ...bearer(), 'x-auth-user': 'mallory' })).toMatchObject({
    status: 200,
    body: expect.stringMatching(/"x-auth-user": ?"joe"/),
  });

  await api.stop();
  expect(await probed('/probe/app/readiness')).toBe(503);
});

it('a file that cannot be written is one clear line, and the end', async () => {
  const folders = await podFolders();
  const { code, stderr } = await run(process.execPath, [...validatorLine(folders)], {
    env: {
      PORTCULLIS_ENVOY_BOOTSTRAP: join(folders.shared, 'no', 'envoy.json'),
      PORTCULLIS_ENVOY_SETTINGS: JSON.stringify({
        listeners: [{ port: 8080, listener: 15906, protocol: 'HTTP' }],
        maxHeapBytes: 2 ** 27,
      }),
    },
  });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^portcullis: cannot write \S+\/no\/envoy\.json, [^\n]*\(ENOENT\)[^\n]*\n$/);
});

it('settings that cannot be read are, too, before anything is written', async () => {
  const folders = await podFolders();
  const { code, stderr } = await run(process.execPath, [...validatorLine(folders)], {
    env: { PORTCULLIS_ENVOY_BOOTSTRAP: folders.file, PORTCULLIS_ENVOY_SETTINGS: '{"listeners":[]}' },
  });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'portcullis: PORTCULLIS_ENVOY_SETTINGS: maxHeapBytes is missing.\n',
  });
  await expect(readFile(folders.file)).rejects.toThrow('ENOENT');
});
