import { describe, expect, it } from 'vitest';
import { createProbeServer, type ProbeParts } from './probe-server.ts';
import { listening } from './testing/probing.ts';

async function start(parts: Partial<ProbeParts> = {}) {
  const port = await listening(
    createProbeServer({
      unstarted: () => undefined,
      pages: {},
      unready: () => 'no policy has been received yet',
      metrics: { contentType: 'text/plain; version=0.0.4', render: () => Promise.resolve('metric 1\n') },
      ...parts,
    }),
  );
  return async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, body: await response.text() };
  };
}

describe('the address of the probes', () => {
  it.each(['/policy', '/report', '/decisions', '/explain'])('has no page %s', async (path) => {
    const get = await start();
    expect(await get(path)).toMatchObject({ status: 404 });
  });
  it('has the others', async () => {
    const get = await start();
    expect(await get('/healthz')).toMatchObject({ status: 200 });
    expect(await get('/startupz')).toMatchObject({ status: 200 });
    expect(await get('/readyz')).toMatchObject({ status: 503 });
    expect(await get('/metrics')).toMatchObject({ status: 200 });
  });
  it('says that the start is not over', async () => {
    const get = await start({ unstarted: () => 'not yet' });
    expect(await get('/startupz')).toMatchObject({ status: 503, body: 'not yet\n' });
    expect(await get('/healthz')).toMatchObject({ status: 200 });
  });
  it('has the pages that it is given, and no others below them', async () => {
    const page = { status: 500, type: 'text/plain', body: 'the app answered 500\n' };
    const get = await start({ pages: { '/probe/app/readiness': () => page } });
    expect(await get('/probe/app/readiness')).toMatchObject({ status: 500, body: page.body });
    for (const path of ['/probe/app/liveness', '/probe/app/readiness/', '/probe/app'])
      expect(await get(path)).toMatchObject({ status: 404 });
  });
  it('asks nobody who they are: scrapers name it by the address of the pod', async () => {
    const port = await listening(
      createProbeServer({
        unstarted: () => undefined,
        pages: {},
        unready: () => undefined,
        metrics: { contentType: 'text/plain', render: () => Promise.resolve('metric 1\n') },
      }),
    );
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, {
      headers: { origin: 'http://x.example' },
    });
    expect(response.status).toBe(200);
  });
});
