// What Prometheus may read of an injected pod's Envoy, also while no validator answers.

import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { get } from '../../dev/request.ts';
import { freePorts } from '../support/server.ts';
import { bearer, HOST, podFolders, startPodEnvoy, startPodValidator } from './pod.ts';
import { saying, startRawApp } from './raw-app.ts';
import { lines } from './wire.ts';

it('counts refusals and failures, and shows nothing else', async () => {
  const app = await startRawApp();
  onTestFinished(() => app.stop());
  const folders = await podFolders();
  const [port = 0, counters = 0] = await freePorts(2);
  const adminSocket = join(folders.shared, 'admin.sock');
  const validator = await startPodValidator(
    folders,
    {
      listeners: [{ port: 8080, listener: port, protocol: 'HTTP', appPort: app.port }],
      counters: { port: counters, adminSocket },
      maxHeapBytes: 128 * 1024 * 1024,
    },
    {},
  );
  const envoy = await startPodEnvoy(folders);
  const page = () => get(counters, '/metrics', {});
  await envoy.until('serving', 60, async () => ((await page()).status === 200 ? true : undefined));
  const guarded = async (headers: Readonly<Record<string, string>>): Promise<number> =>
    (await get(port, '/', { host: HOST, ...headers })).status;

  expect(await guarded({})).toBe(401);
  expect(await guarded(bearer())).toBe(200);
  app.answer = saying(lines('HTTP/1.1 500 Oops', 'content-length: 0'));
  expect(await guarded(bearer())).toBe(500);
  await validator.server.stop();
  expect(await guarded(bearer())).toBe(503);
  await guarded({ ...bearer(), 'content-type': 'application/grpc' });

  const { body } = await page();
  const listener = 'envoy_http_conn_manager_prefix="guarded_8080"';
  const check = `{envoy_ext_authz_prefix="portcullis",${listener}}`;
  expect(body.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
    'envoy_cluster_upstream_rq_xx{envoy_response_code_class="5",envoy_cluster_name="app_8080"} 1',
    `envoy_http_ext_authz_denied${check} 1`,
    `envoy_http_ext_authz_error${check} 1`,
    `envoy_http_rbac_denied{${listener}} 1`,
  ]);

  for (const path of ['/', '/stats', '/config_dump', '/metrics/', '/metrics?filter=x', '/stats/prometheus']) {
    expect([path, (await get(counters, path, {})).status]).toEqual([path, 404]);
  }
  const quit = request({ host: '127.0.0.1', port: counters, method: 'POST', path: '/quitquitquit' }).end();
  const [refused] = await once(quit, 'response');
  expect(refused.resume().statusCode).toBe(404);
  expect((await page()).status).toBe(200);
});
