import { describe, expect, it } from 'vitest';
import { fetchFrom, testGet, verdict } from './testing/fetching.ts';
import { type Handler, redirects, routes, serves, startRawServer, startServer } from './testing/servers.ts';

const get = testGet();
const MIB = 1024 * 1024;

const sends = (
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
  status = 200,
): Handler => {
  return (_request, response) => {
    response.writeHead(status, headers).end(body);
  };
};

const messageFrom = async (url: string) => {
  const outcome = await fetchFrom(url, get);
  return outcome.kind === 'failed' ? outcome.error.message : '';
};

describe('an answer', () => {
  it('comes with its headers, from a connection that is closed then', async () => {
    const server = await startServer(serves({ keys: [] }, { 'cache-control': 'max-age=60' }));
    const outcome = await fetchFrom(`${server.origin}/keys?a=1`, get);
    expect(outcome).toMatchObject({ kind: 'ok', headers: { 'cache-control': 'max-age=60' } });
    await expect.poll(server.open).toBe(0);
    expect(server.requests).toEqual(['GET /keys?a=1']);
  });

  it('is asked for without compression, cookies or credentials', async () => {
    const seen: (readonly string[])[] = [];
    const server = await startServer((request, response) => {
      seen.push(Object.keys(request.headers).sort());
      expect(request.headers['accept-encoding']).toBe('identity');
      response.writeHead(200, { 'set-cookie': 'session=1' }).end('{}');
    });
    await fetchFrom(server.origin, get);
    await fetchFrom(server.origin, get);
    expect(seen).toEqual(Array(2).fill(['accept', 'accept-encoding', 'connection', 'host', 'user-agent']));
  });

  it('may be 1 MiB large, and no byte larger', async () => {
    const server = await startServer(
      routes({ '/fits': sends(Buffer.alloc(MIB, 32)), '/large': sends(Buffer.alloc(MIB + 1, 32)) }),
    );
    expect(await fetchFrom(`${server.origin}/fits`, get)).toMatchObject({
      kind: 'ok',
      body: { length: MIB },
    });
    expect(await verdict(fetchFrom(`${server.origin}/large`, get))).toBe('COULD_NOT_PARSE_CONFIG');
  });

  it('without end is cut off', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const server = await startServer((_request, response) => {
      const write = () => {
        while (response.write(Buffer.alloc(65_536, 32)));
      };
      response.on('drain', write).on('close', resolve);
      write();
    });
    expect(await verdict(fetchFrom(server.origin, get))).toBe('COULD_NOT_PARSE_CONFIG');
    await closed;
  });

  it.each(['gzip', 'br', 'identity, gzip'])('in %s is refused unread', async (encoding) => {
    const server = await startServer(sends('{}', { 'content-encoding': encoding }));
    expect(await verdict(fetchFrom(server.origin, get))).toBe('COULD_NOT_PARSE_CONFIG');
    expect(await messageFrom(server.origin)).toContain('uncompressed');
  });

  it('may say that it is not compressed', async () => {
    const server = await startServer(sends('{}', { 'content-encoding': 'identity' }));
    expect(await verdict(fetchFrom(server.origin, get))).toBe('ok {}');
  });

  it.each([201, 204, 206, 300, 304, 400, 401, 403, 404, 429, 500, 503])(
    'with status %i is an error',
    async (status) => {
      const server = await startServer((_request, response) => {
        response
          .writeHead(status)
          .end(status === 204 || status === 304 ? undefined : 'a secret of the server');
      });
      const outcome = await fetchFrom(server.origin, get);
      expect(outcome).toMatchObject({ status, error: { code: 'REMOTE_HOST_RESPONDED_WITH_ERROR' } });
      expect(JSON.stringify(outcome)).toContain(`status ${status}`);
      expect(JSON.stringify(outcome)).not.toContain('secret');
    },
  );
});

describe('a broken answer', () => {
  it.each([
    ['shorter than it says', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"keys":'],
    ['cut off between chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n'],
    ['with a chunk that is none', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
    ['that is not HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['with endless headers', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(10_000)}\r\n`],
    ['with two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'],
  ])('%s', async (_what, bytes) => {
    const server = await startRawServer((socket) => socket.once('data', () => socket.end(bytes)));
    expect(await verdict(fetchFrom(server.origin, get))).toBe('COULD_NOT_PARSE_CONFIG');
    expect(server.connections()).toBe(1);
  });

  it.each([
    ['101', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n'],
    ['nothing but 100s', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(3)],
  ])('that never comes: %s', async (_what, bytes) => {
    const server = await startRawServer((socket) => socket.once('data', () => socket.end(bytes)));
    expect(await verdict(fetchFrom(server.origin, get))).toBe('UNKNOWN_HOST');
    await expect.poll(server.open).toBe(0);
  });

  it('that never comes: the connection is closed at once', async () => {
    const server = await startRawServer((socket) => socket.once('data', () => socket.destroy()));
    expect(await verdict(fetchFrom(server.origin, get))).toBe('UNKNOWN_HOST');
    expect(server.connections()).toBe(1);
  });
});

describe('redirects', () => {
  it.each([301, 302, 303, 307, 308])('with status %i are followed', async (status) => {
    const server = await startServer(routes({ '/': redirects('/keys', status), '/keys': serves({ a: 1 }) }));
    expect(await verdict(fetchFrom(server.origin, get))).toBe('ok {"a":1}');
  });

  const chain = routes({
    '/0': redirects('/1'),
    '/1': redirects('/2'),
    '/2': redirects('/3'),
    '/3': redirects('/4'),
    '/4': serves({ a: 1 }),
    '/loop': redirects('/loop'),
  });

  it('are three at most', async () => {
    const server = await startServer(chain);
    expect(await verdict(fetchFrom(`${server.origin}/1`, get))).toBe('ok {"a":1}');
    expect(await verdict(fetchFrom(`${server.origin}/0`, get))).toBe('REMOTE_HOST_RESPONDED_WITH_ERROR');
    expect(server.requests).toEqual(
      ['/1', '/2', '/3', '/4', '/0', '/1', '/2', '/3'].map((path) => `GET ${path}`),
    );
  });

  it('in a loop end', async () => {
    const server = await startServer(chain);
    expect(await verdict(fetchFrom(`${server.origin}/loop`, get))).toBe('REMOTE_HOST_RESPONDED_WITH_ERROR');
    expect(server.requests).toHaveLength(4);
  });

  it('to nowhere are errors', async () => {
    const server = await startServer((_request, response) => void response.writeHead(302).end());
    expect(await verdict(fetchFrom(server.origin, get))).toBe('REMOTE_HOST_RESPONDED_WITH_ERROR');
  });

  it.each(['file:///etc/passwd', 'http://joe:sesame@127.0.0.1/', 'http://[/'])(
    'to %s are refused',
    async (location) => {
      const server = await startServer(redirects(location));
      expect(await verdict(fetchFrom(server.origin, get))).toBe('URL_INVALID');
      expect(await messageFrom(server.origin)).toMatch(/^A redirect from/);
    },
  );

  it('have bodies that nobody reads', async () => {
    const server = await startServer(
      routes({
        '/': (_request, response) =>
          void response.writeHead(302, { location: '/keys' }).write('a'.repeat(65_536)),
        '/keys': serves({}),
      }),
    );
    expect(await verdict(fetchFrom(server.origin, get))).toBe('ok {}');
    await expect.poll(server.open).toBe(0);
  });
});
