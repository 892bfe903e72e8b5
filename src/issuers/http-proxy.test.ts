// The way through a proxy, which resolves names for itself: only addresses written out can be judged.
import { beforeAll, expect, it, vi } from 'vitest';
import { type Authority, createAuthority } from './testing/certificates.ts';
import { denying, fetchFrom, testGet, verdict } from './testing/fetching.ts';
import { startProxy } from './testing/proxy.ts';
import { closedPort, redirects, serves, startServer } from './testing/servers.ts';

let authority: Authority;
beforeAll(async () => {
  authority = await createAuthority('Private CA');
});

const through = (proxy: string, deny = denying('127.0.0.0/8', '169.254.0.0/16')) =>
  testGet({
    deny,
    environment: { HTTP_PROXY: proxy, https_proxy: proxy },
    lookup: () => Promise.reject(new Error('names are the business of the proxy')),
  });

const trusting = () => ({ certificateAuthorities: authority.certificate });

it('https:// goes through a tunnel, where TLS is with the provider itself', async () => {
  const proxy = await startProxy();
  const server = await startServer(serves({ a: 1 }), await authority.issue(['id.example']));
  const url = `https://id.example:${server.port}/keys`;
  expect(await verdict(fetchFrom(url, through(proxy.origin), trusting()))).toBe('ok {"a":1}');
  expect(await verdict(fetchFrom(url, through(proxy.origin)))).toBe('UNKNOWN_HOST');
  expect(proxy.asked.map(({ line }) => line)).toEqual(Array(2).fill(`CONNECT id.example:${server.port}`));
  expect(server.requests).toEqual(['GET /keys']);
  await expect.poll(proxy.open).toBe(0);
  await expect.poll(server.open).toBe(0);
});

it('a certificate of another name is refused in a tunnel, too', async () => {
  const proxy = await startProxy();
  const server = await startServer(serves({}), await authority.issue(['other.example']));
  const outcome = await fetchFrom(`https://id.example:${server.port}/`, through(proxy.origin), trusting());
  expect(outcome).toMatchObject({
    error: { code: 'UNKNOWN_HOST', message: expect.stringContaining('another name') },
  });
});

it('http:// is forwarded', async () => {
  const proxy = await startProxy();
  const server = await startServer(serves({ a: 1 }));
  const url = `http://id.example:${server.port}/keys?a=b`;
  expect(await verdict(fetchFrom(url, through(proxy.origin)))).toBe('ok {"a":1}');
  expect(proxy.asked).toMatchObject([{ line: `GET ${url}`, headers: { host: `id.example:${server.port}` } }]);
  expect(server.requests).toEqual(['GET /keys?a=b']);
});

it("the proxy's credentials go to the proxy alone", async () => {
  const proxy = await startProxy();
  const seen: unknown[] = [];
  const server = await startServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end('{}');
  });
  const get = through(proxy.origin.replace('://', '://joe:open%20sesame@'));
  expect(await verdict(fetchFrom(`http://id.example:${server.port}/`, get))).toBe('ok {}');
  await fetchFrom(`https://id.example:${server.port}/`, get);
  const credentials = `Basic ${Buffer.from('joe:open sesame').toString('base64')}`;
  expect(proxy.asked.map(({ headers }) => headers['proxy-authorization'])).toEqual([
    credentials,
    credentials,
  ]);
  expect(proxy.asked.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
  expect(seen).toEqual([undefined]);
});

it('a proxy may speak TLS, with a certificate that the system trusts', async () => {
  const proxy = await startProxy({ certificate: await authority.issue(['127.0.0.1']) });
  const outcome = await fetchFrom('https://id.example/', through(proxy.origin), trusting());
  expect(outcome).toMatchObject({
    error: {
      code: 'UNKNOWN_HOST',
      message: expect.stringContaining(`through the proxy 127.0.0.1:${proxy.port}`),
    },
  });
  expect(proxy.asked).toEqual([]);
});

it.each(['https://id.example/', 'http://id.example/'])(
  'a proxy that nobody vouches for hears no credentials, whatever the environment says: %s',
  async (url) => {
    vi.spyOn(process, 'emitWarning').mockReturnValue();
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    try {
      const proxy = await startProxy({ certificate: await authority.issue(['127.0.0.1']) });
      const get = through(proxy.origin.replace('://', '://joe:sesame@'));
      const outcome = await fetchFrom(url, get);
      expect(outcome).toMatchObject({ error: { code: 'UNKNOWN_HOST' } });
      expect(JSON.stringify(outcome)).not.toMatch(/joe|sesame/);
      expect(proxy.asked).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
    }
  },
);

it.each(['https://169.254.169.254/', 'http://127.0.0.1.:80/', 'https://[::ffff:169.254.169.254]/'])(
  'an address written out is judged, straight and by redirect: %s',
  async (url) => {
    const proxy = await startProxy();
    const server = await startServer(redirects(url));
    const get = through(proxy.origin);
    expect(await verdict(fetchFrom(url, get))).toBe('URL_INVALID');
    expect(proxy.asked).toHaveLength(0);
    expect(await verdict(fetchFrom(`http://id.example:${server.port}/`, get))).toBe('URL_INVALID');
    expect(proxy.asked).toHaveLength(1);
  },
);

it('NO_PROXY goes straight, and there the address behind a name is judged again', async () => {
  const proxy = await startProxy();
  const server = await startServer(serves({}));
  const straight = (deny: string) =>
    testGet({
      deny: denying(deny),
      environment: { HTTP_PROXY: proxy.origin, NO_PROXY: '.example' },
      lookup: async () => [{ address: '127.0.0.1', family: 4 }],
    });
  const url = `http://id.example:${server.port}/`;
  expect(await verdict(fetchFrom(url, straight('10.0.0.0/8')))).toBe('ok {}');
  expect(await verdict(fetchFrom(url, straight('127.0.0.0/8')))).toBe('URL_INVALID');
  expect(proxy.connections()).toBe(0);
});

it.each([403, 407, 502])('a proxy that refuses with status %i is an unreachable host', async (status) => {
  const proxy = await startProxy({ status });
  const outcome = await fetchFrom('https://id.example/', through(proxy.origin));
  expect(outcome).toMatchObject({
    error: { code: 'UNKNOWN_HOST', message: expect.stringContaining(`status ${status}`) },
  });
  expect(proxy.asked).toHaveLength(1);
  await expect.poll(proxy.open).toBe(0);
});

it('a proxy that is not there is an unreachable host', async () => {
  const outcome = await fetchFrom('https://id.example/', through(`http://127.0.0.1:${await closedPort()}`));
  expect(outcome).toMatchObject({
    error: {
      code: 'UNKNOWN_HOST',
      message: expect.stringMatching(/through the proxy .*ECONNREFUSED.*HTTPS_PROXY/),
    },
  });
});

it.each([{ hangs: true }, {}])(
  'the deadline covers the proxy and what is behind it: %j',
  async (behaviour) => {
    const proxy = await startProxy(behaviour);
    const server = await startServer(() => {}, await authority.issue(['id.example']));
    const request = { ...trusting(), timeout: 0.1 };
    const url = `https://id.example:${server.port}/`;
    expect(await verdict(fetchFrom(url, through(proxy.origin), request))).toBe('REQUEST_TIMEOUT');
    await expect.poll(proxy.open).toBe(0);
    await expect.poll(server.open).toBe(0);
  },
);
