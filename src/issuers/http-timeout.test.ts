// One deadline over everything. The only tests here that wait: some tens of milliseconds, for a real socket.
import { describe, expect, it } from 'vitest';
import { fetchFrom, testGet, verdict } from './testing/fetching.ts';
import { type Handler, redirects, startRawServer, startServer } from './testing/servers.ts';

const timeout = 0.05;

describe('REQUEST_TIMEOUT', () => {
  it('when the name never resolves', async () => {
    const get = testGet({ lookup: () => new Promise(() => {}) });
    expect(await fetchFrom('http://id.example/', get, { timeout })).toMatchObject({
      error: {
        code: 'REQUEST_TIMEOUT',
        message: expect.stringMatching(
          /^The name id\.example was not resolved within 0\.05 s: DNS does not answer; .*NetworkPolicy/,
        ),
      },
    });
  });

  it('when the TLS handshake never ends', async () => {
    const server = await startRawServer((socket) => socket.resume());
    const url = `https://127.0.0.1:${server.port}/`;
    expect(await fetchFrom(url, testGet(), { timeout })).toMatchObject({
      error: {
        code: 'REQUEST_TIMEOUT',
        message: expect.stringMatching(/took the connection and ended no TLS handshake within 0\.05 s/),
      },
    });
    await expect.poll(server.open).toBe(0);
  });

  it.each<[string, Handler]>([
    ['before the head', () => {}],
    ['after the head', (_request, response) => response.writeHead(200).flushHeaders()],
    ['in mid-body', (_request, response) => void response.writeHead(200).write('{"keys":')],
    ['after a redirect', (request, response) => request.url === '/' && redirects('/next')(request, response)],
  ])('when the server hangs %s', async (_where, handler) => {
    const server = await startServer(handler);
    const outcome = await fetchFrom(server.origin, testGet(), { timeout });
    expect(outcome).toMatchObject({
      error: { code: 'REQUEST_TIMEOUT', message: expect.stringContaining(`${server.origin}/ did not give`) },
    });
    await expect.poll(server.open).toBe(0);
  });

  it('when the body drips, however steadily', async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(timer));
    });
    expect(await verdict(fetchFrom(server.origin, testGet(), { timeout }))).toBe('REQUEST_TIMEOUT');
    await expect.poll(server.open).toBe(0);
  });
});

it('whoever is no longer wanted is cut off at once', async () => {
  const stopped = new AbortController();
  const server = await startServer(() => stopped.abort());
  const outcome = await fetchFrom(server.origin, testGet(), { signal: stopped.signal });
  expect(outcome).toMatchObject({ kind: 'failed' });
  await expect.poll(server.open).toBe(0);
});

it('a timeout longer than a timer can be does not fire at once', async () => {
  const server = await startServer((_request, response) => void response.end('{}'));
  expect(await verdict(fetchFrom(server.origin, testGet(), { timeout: 99_999 * 3600 }))).toBe('ok {}');
});
