import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { bindingPolicy, policyUpdate } from '../../test/support/policy.ts';
import type { Policy } from '../policy/policy.ts';
import { type AdminParts, createAdminServer, createProbeServer, type ProbeParts } from './admin.ts';

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await once(server.close(), 'close');
  }
});

const { policy } = policyUpdate([bindingPolicy()]);

async function start(
  create: (parts: AdminParts & ProbeParts) => Server,
  current: Policy | undefined,
  parts: Partial<AdminParts & ProbeParts> = {},
) {
  const server = create({
    policy: () => current,
    unstarted: () => undefined,
    pages: {},
    unready: () => (current === undefined ? 'no policy has been received yet' : undefined),
    metrics: { contentType: 'text/plain; version=0.0.4', render: () => Promise.resolve('metric 1\n') },
    ...parts,
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      body: await response.text(),
    };
  };
}

describe('the admin address', () => {
  it('has four pages', async () => {
    const get = await start(createAdminServer, policy);
    expect(await get('/healthz')).toMatchObject({ status: 200, body: 'ok\n' });
    expect(await get('/readyz')).toMatchObject({ status: 200, body: 'ok\n' });
    expect(await get('/metrics')).toEqual({
      status: 200,
      type: 'text/plain; version=0.0.4',
      body: 'metric 1\n',
    });
    const shown = await get('/policy?pretty');
    expect(shown).toMatchObject({ status: 200, type: 'application/json' });
    expect(JSON.parse(shown.body)).toEqual(policy);
  });
  it('is alive, but not ready, before there is a policy', async () => {
    const get = await start(createAdminServer, undefined);
    expect(await get('/healthz')).toMatchObject({ status: 200 });
    expect(await get('/readyz')).toMatchObject({ status: 503, body: 'no policy has been received yet\n' });
    expect(await get('/policy')).toMatchObject({ status: 404 });
  });
  it.each(['/', '/startupz', '/healthz/', '/constructor', '//policy', '/policy/..'])(
    'has no page %s',
    async (path) => {
      const get = await start(createAdminServer, policy);
      expect(await get(path.replace('/policy/..', '/policy/%2e%2e'))).toMatchObject({ status: 404 });
    },
  );
  it('is only looked at', async () => {
    const get = await start(createAdminServer, policy);
    expect(await get('/policy', { method: 'POST' })).toMatchObject({ status: 405 });
    expect(await get('/policy', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });
  it('survives a page that cannot be made', async () => {
    const metrics = { contentType: 'text/plain', render: () => Promise.reject(new Error('bug')) };
    const get = await start(createAdminServer, policy, { metrics });
    expect(await get('/metrics')).toMatchObject({ status: 500 });
    expect(await get('/healthz')).toMatchObject({ status: 200 });
  });
});

describe('the address of the probes', () => {
  it('has no page that tells the policy', async () => {
    const get = await start(createProbeServer, policy);
    expect(await get('/policy')).toMatchObject({ status: 404 });
  });
  it('has the others', async () => {
    const get = await start(createProbeServer, undefined);
    expect(await get('/healthz')).toMatchObject({ status: 200 });
    expect(await get('/startupz')).toMatchObject({ status: 200 });
    expect(await get('/readyz')).toMatchObject({ status: 503 });
    expect(await get('/metrics')).toMatchObject({ status: 200 });
  });
  it('says that the start is not over', async () => {
    const get = await start(createProbeServer, policy, { unstarted: () => 'not yet' });
    expect(await get('/startupz')).toMatchObject({ status: 503, body: 'not yet\n' });
    expect(await get('/healthz')).toMatchObject({ status: 200 });
  });
  it('has the pages that it is given, and no others below them', async () => {
    const page = { status: 500, type: 'text/plain', body: 'the app answered 500\n' };
    const get = await start(createProbeServer, policy, { pages: { '/probe/app/readiness': () => page } });
    expect(await get('/probe/app/readiness')).toMatchObject({ status: 500, body: page.body });
    for (const path of ['/probe/app/liveness', '/probe/app/readiness/', '/probe/app'])
      expect(await get(path)).toMatchObject({ status: 404 });
  });
});
