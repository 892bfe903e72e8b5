// The addresses that are connected to, and those that are not.
import { expect, it } from 'vitest';
import type { ResolvedAddress } from './lookup.ts';
import { denying, fetchFrom, testGet, verdict } from './testing/fetching.ts';
import { closedPort, redirects, serves, startServer } from './testing/servers.ts';

const local: ResolvedAddress = { address: '127.0.0.1', family: 4 };
const metadata: ResolvedAddress = { address: '169.254.169.254', family: 4 };
const deny = denying('169.254.0.0/16', '127.0.0.2/32', '::1');

it('a name is resolved once, judged, and connected to where it led', async () => {
  const server = await startServer(serves({}));
  const asked: string[] = [];
  const get = testGet({
    deny,
    lookup: async (name) => {
      asked.push(name);
      return asked.length === 1 ? [metadata, local] : [metadata];
    },
  });
  const url = `http://id.example:${server.port}/`;
  expect(await verdict(fetchFrom(url, get))).toBe('ok {}');
  expect(asked).toEqual(['id.example']);

  // The same name turns to a denied address: nobody is called.
  const second = await fetchFrom(url, get);
  expect(second).toMatchObject({ error: { code: 'URL_INVALID' } });
  expect(JSON.stringify(second)).toContain('id.example at 169.254.169.254');
  expect(server.connections()).toBe(1);
});

it.each([
  'http://169.254.169.254/latest/',
  'http://2852039166/',
  'http://[::ffff:a9fe:a9fe]/',
  'http://[::1]/',
])('a denied address is not called, straight or by redirect: %s', async (url) => {
  const get = testGet({ deny });
  const server = await startServer(redirects(url));
  expect(await verdict(fetchFrom(url, get))).toBe('URL_INVALID');
  expect(await verdict(fetchFrom(server.origin, get))).toBe('URL_INVALID');
  expect(server.requests).toEqual(['GET /']);
});

it('a name behind a redirect is judged where it leads', async () => {
  const target = await startServer(serves({}));
  const server = await startServer(redirects(`http://inside.example:${target.port}/`));
  const inside = (address: string) => testGet({ deny, lookup: async () => [{ address, family: 4 }] });
  expect(await verdict(fetchFrom(server.origin, inside('127.0.0.2')))).toBe('URL_INVALID');
  expect(target.connections()).toBe(0);
  expect(await verdict(fetchFrom(server.origin, inside('127.0.0.1')))).toBe('ok {}');
});

it("localhost itself is denied where loopback is, whatever the system's resolver says", async () => {
  const server = await startServer(serves({}));
  const url = `http://localhost:${server.port}/`;
  expect(await verdict(fetchFrom(url, testGet({ deny: denying('127.0.0.0/8', '::1/128') })))).toBe(
    'URL_INVALID',
  );
  expect(server.connections()).toBe(0);
  expect(await verdict(fetchFrom(url, testGet()))).toBe('ok {}');
});

it('http:// is refused unless it is allowed', async () => {
  const server = await startServer(serves({}));
  expect(await verdict(fetchFrom(server.origin, testGet({ allowInsecureHttp: false })))).toBe('URL_INVALID');
  expect(server.connections()).toBe(0);
});

it('a document over https:// may not send us to http://', async () => {
  const server = await startServer(serves({}));
  const from = (url: string) => verdict(fetchFrom(server.origin, testGet(), { from: url }));
  expect(await from('https://id.example/.well-known/openid-configuration')).toBe('URL_INVALID');
  expect(server.connections()).toBe(0);
  expect(await from('http://id.example/.well-known/openid-configuration')).toBe('ok {}');
});

it('a port that nobody listens on is an unknown host', async () => {
  const outcome = await fetchFrom(`http://127.0.0.1:${await closedPort()}/`, testGet());
  expect(outcome).toMatchObject({
    error: { code: 'UNKNOWN_HOST', message: expect.stringContaining('ECONNREFUSED') },
  });
});

it.each(['ENOTFOUND', 'EAI_AGAIN', 'ESERVFAIL'])(
  'a name that does not resolve (%s) is an unknown host',
  async (code) => {
    const get = testGet({ lookup: () => Promise.reject(Object.assign(new Error('secret'), { code })) });
    const outcome = await fetchFrom('http://id.invalid/', get);
    expect(outcome).toMatchObject({
      error: { code: 'UNKNOWN_HOST', message: expect.stringContaining(code) },
    });
    expect(JSON.stringify(outcome)).toContain('The name id.invalid cannot be resolved');
    expect(JSON.stringify(outcome)).not.toContain('secret');
  },
);

it('the next address is tried where one refuses', async () => {
  const server = await startServer(serves({}));
  const refusing = { address: '127.9.9.9', family: 4 }; // The server listens on 127.0.0.1 alone.
  const get = testGet({ lookup: async () => [refusing, local] });
  expect(await verdict(fetchFrom(`http://id.example:${server.port}/`, get))).toBe('ok {}');
});
