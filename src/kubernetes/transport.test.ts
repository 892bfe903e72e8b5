import { describe, expect, it, onTestFinished } from 'vitest';
import { createAuthority } from '../issuers/testing/certificates.ts';
import { startProxy } from '../issuers/testing/proxy.ts';
import { type Handler, startServer } from '../issuers/testing/servers.ts';
import { readText } from './call.ts';
import type { ApiServerCredentials } from './connection.ts';
import { createTransport } from './transport.ts';

const authority = await createAuthority('the CA');
const certificate = await authority.issue(['127.0.0.1', 'kubernetes']);

async function connected(handler: Handler, proxy?: string) {
  const server = await startServer(handler, certificate);
  const state: { credentials: ApiServerCredentials; forgotten: number } = {
    credentials: { headers: { authorization: 'Bearer a' }, tls: { ca: authority.certificate } },
    forgotten: 0,
  };
  const transport = createTransport({
    server: server.origin,
    proxy,
    namespace: undefined,
    credentials: async () => state.credentials,
    forget() {
      state.forgotten += 1;
    },
  });
  onTestFinished(() => transport.close());
  const signal = new AbortController().signal;
  const get = async (path = '/') => {
    const answer = await transport.send({ method: 'GET', path, headers: {}, signal });
    return { ...answer, text: await readText(answer.body) };
  };
  return { server, state, transport, get };
}

const echo: Handler = ({ url, headers }, response) => response.end(`${url} ${headers.authorization}`);

describe('a transport', () => {
  it('puts the credentials of the moment on each call', async () => {
    const { state, get } = await connected(echo);
    expect((await get('/x?y=1')).text).toBe('/x?y=1 Bearer a');
    state.credentials = { ...state.credentials, headers: { authorization: 'Bearer b' } };
    expect((await get()).text).toBe('/ Bearer b');
  });

  it('keeps its connections, and has new ones only for new certificates', async () => {
    const { server, state, get } = await connected(echo);
    for (let calls = 0; calls < 20; calls++) await get();
    const before = server.connections();
    expect(before).toBeLessThanOrEqual(2);
    state.credentials = { ...state.credentials, tls: { ...state.credentials.tls, servername: 'kubernetes' } };
    await get();
    expect(server.connections()).toBe(before + 1);
    await expect.poll(server.open).toBe(1);
  });

  it('lets what is under way end when certificates change', async () => {
    let finish: (() => void) | undefined;
    const { state, get } = await connected((request, response) => {
      if (request.url !== '/slow') return void echo(request, response);
      response.write('begun, ');
      finish = () => void response.end('done');
    });
    const slow = get('/slow');
    await expect.poll(() => finish).toBeDefined();
    state.credentials = { ...state.credentials, tls: { ca: `${authority.certificate}\n` } };
    await get();
    finish?.();
    expect((await slow).text).toBe('begun, done');
  });

  it('believes nobody else', async () => {
    const other = await createAuthority('another CA');
    const { state, get } = await connected(echo);
    state.credentials = { ...state.credentials, tls: { ca: other.certificate } };
    await expect(get()).rejects.toThrow();
  });

  it('asks for new credentials after 401', async () => {
    const { state, get } = await connected((_, response) => response.writeHead(401).end());
    expect((await get()).status).toBe(401);
    expect(state.forgotten).toBe(1);
  });

  it('says when it is the credentials that are missing', async () => {
    const credentials = async () => {
      throw Object.assign(new Error('no file'), { code: 'ENOENT' });
    };
    const transport = createTransport({
      server: 'https://127.0.0.1:1',
      proxy: undefined,
      namespace: undefined,
      credentials,
      forget() {},
    });
    const { signal } = new AbortController();
    await expect(transport.send({ method: 'GET', path: '/', headers: {}, signal })).rejects.toMatchObject({
      code: 'CREDENTIALS_UNREADABLE',
    });
  });

  it('tells how long to wait', async () => {
    const { get } = await connected((_, response) => response.writeHead(429, { 'retry-after': '7' }).end());
    expect(await get()).toMatchObject({ status: 429, retryAfter: '7' });
  });

  it('goes through a proxy, which sees nothing of it', async () => {
    const proxy = await startProxy();
    const { server, get } = await connected(echo, proxy.origin);
    expect((await get('/secret')).text).toBe('/secret Bearer a');
    expect(proxy.asked.map(({ line }) => line)).toEqual([`CONNECT 127.0.0.1:${server.port}`]);
    expect(JSON.stringify(proxy.asked)).not.toContain('Bearer');
  });

  it('leaves no connection when an unfinished answer is given up, or when it is closed', async () => {
    const { server, transport } = await connected((_, response) => void response.write('begun'));
    const abort = new AbortController();
    const request = { method: 'GET', path: '/', headers: {} } as const;
    await transport.send({ ...request, signal: abort.signal });
    await transport.send({ ...request, signal: new AbortController().signal });
    expect(server.open()).toBe(2);
    abort.abort();
    await expect.poll(server.open).toBe(1);
    await transport.close();
    await expect.poll(server.open).toBe(0);
  });
});
