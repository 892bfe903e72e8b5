/** HTTP probes of real apps. */

import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createAuthority } from '../../issuers/testing/certificates.ts';
import { answering, closedPort, listening, pageOf, probe, web } from '../testing/probing.ts';

describe('an HTTP probe', () => {
  it.each([
    [200, 200],
    [204, 200],
    [304, 200],
    [399, 200],
    [302, 200], // without a place to go to
    [400, 400],
    [401, 401],
    [404, 404],
    [500, 500],
    [503, 503],
    [999, 503],
  ])('of an app that answers %i is %i, and nothing else of the answer', async (answered, seen) => {
    const port = await answering(answered, { 'x-secret': 'hush', 'set-cookie': 'a=b' }, 'hush');
    const { status: code, body, headers } = await probe({ httpGet: { port } });
    expect(code).toBe(seen);
    expect(body).toBe(seen === 200 ? 'ok\n' : `the app answered ${answered}\n`);
    expect(headers).not.toHaveProperty('x-secret');
    expect(headers).not.toHaveProperty('set-cookie');
  });

  it.each([
    ['/a b?c d"<>|', '/a%20b?c d"<>|'],
    ['//host/x', '/x'],
    ['/%zz', '/%25zz'],
  ])('of %j asks for %j, byte for byte', async (path, sent) => {
    const lines: string[] = [];
    const server = createTcpServer((socket) => {
      socket.once('data', (data) => {
        lines.push(data.toString('latin1').split('\r\n', 1)[0] ?? '');
        socket.end('HTTP/1.1 204 No Content\r\n\r\n');
      });
    });
    const port = await listening(server);
    expect((await probe({ httpGet: { port, path } })).status).toBe(200);
    expect(lines).toEqual([`GET ${sent} HTTP/1.1`]);
  });

  it('of an app that listens on the pod’s own address alone is made there', async () => {
    const froms: (string | undefined)[] = [];
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      froms.push(request.socket.remoteAddress);
      response.end();
    };
    const port = await web(answer, '127.0.0.9');
    expect((await probe({ httpGet: { port } }, '127.0.0.9')).status).toBe(200);
    expect((await probe({ tcpSocket: { port } }, '127.0.0.9')).status).toBe(200);
    expect((await probe({ httpGet: { port } })).status).toBe(503);
    expect(froms).toEqual(['127.0.0.6']);
  });

  it('that the kubelet could make of no pod fails, and says why', async () => {
    const port = await answering(200);
    const { status: code, body } = await probe({ httpGet: { port, path: 'health:check' } });
    expect({ code, body }).toEqual({ code: 503, body: expect.stringContaining('begin it with a slash') });
  });

  it('is the request that the kubelet would make, and from nobody the app trusts', async () => {
    const seen: { url?: string | undefined; headers?: IncomingHttpHeaders; from?: string | undefined } = {};
    const port = await web((request: IncomingMessage, response) => {
      Object.assign(seen, {
        url: request.url,
        headers: request.headers,
        from: request.socket.remoteAddress,
      });
      response.end();
    });
    const path = '/a//b/%2e?x=1';
    await probe({ httpGet: { port, path, httpHeaders: [{ name: 'X-Key', value: 'k' }] } }, '10.1.2.3');
    expect(seen).toMatchObject({
      url: path,
      headers: {
        host: `10.1.2.3:${port}`,
        'x-key': 'k',
        'user-agent': expect.stringMatching(/^kube-probe\//),
        accept: '*/*',
        connection: 'close',
      },
      from: '127.0.0.6',
    });
    await probe({ httpGet: { port, httpHeaders: [{ name: 'Accept', value: '' }] } });
    expect(seen.headers).not.toHaveProperty('accept');
    await probe({ httpGet: { port, httpHeaders: [{ name: 'Host', value: 'shop.example' }] } });
    expect(seen.headers).toMatchObject({ host: 'shop.example' });
    await probe({ httpGet: { port, httpHeaders: [{ name: 'User-Agent', value: 'mine' }] } });
    expect(seen.headers).toMatchObject({ host: `127.0.0.1:${port}`, 'user-agent': 'mine' });
  });

  it('reaches an app that listens on IPv6 alone', async () => {
    const port = await web((_, response) => response.end(), '::1');
    expect((await probe({ httpGet: { port }, address: '::1' })).status).toBe(200);
    expect((await probe({ httpGet: { port } })).status).toBe(503);
  });

  it('takes any certificate for HTTPS', async () => {
    const authority = await createAuthority('Nobody’s CA');
    const { key, cert } = await authority.issue(['elsewhere.example']);
    const port = await listening(
      createTlsServer({ key, cert }, (_, response) => response.writeHead(200).end()),
    );
    const target = { httpGet: { port, scheme: 'HTTPS', path: '/' } } as const;
    expect((await probe(target)).status).toBe(200);
    expect((await probe({ httpGet: { port } })).status).toBe(503);
  });

  it('fails where nobody listens, and where no HTTP is spoken', async () => {
    expect(await probe({ httpGet: { port: await closedPort() } })).toMatchObject({
      status: 503,
      body: expect.stringMatching(
        /^the app cannot be asked \(ECONNREFUSED\): it does not listen yet, or not at 127\.0\.0\.1, port \d+\n$/,
      ),
    });
    const port = await listening(createTcpServer((socket) => socket.end('SSH-2.0\r\n')));
    expect((await probe({ httpGet: { port } })).status).toBe(503);
  });

  it('fails in time when the app does not answer, and lets go of it', async () => {
    const closed = Promise.withResolvers<void>();
    const port = await listening(
      createTcpServer((socket) =>
        socket
          .resume()
          .on('error', () => {})
          .on('close', () => closed.resolve()),
      ),
    );
    expect(await probe({ httpGet: { port }, timeoutSeconds: 1 })).toMatchObject({
      status: 503,
      body: 'the app did not answer within 1 s\n',
    });
    await closed.promise;
  });

  it('does not wait for the end of an answer that never ends', async () => {
    const port = await web((_, response) => response.writeHead(200).write('…'));
    expect((await probe({ httpGet: { port } })).status).toBe(200);
  });

  it('asks the app once, however many ask for it at one time', async () => {
    let asked = 0;
    const release = Promise.withResolvers<void>();
    const port = await web((_, response) => {
      asked += 1;
      void release.promise.then(() => response.writeHead(asked === 1 ? 200 : 500).end());
    });
    const page = pageOf({ httpGet: { port } });
    const answers = Promise.all(Array.from({ length: 20 }, page));
    release.resolve();
    expect(new Set((await answers).map((answer) => answer.status))).toEqual(new Set([200]));
    expect(asked).toBe(1);
    expect((await page()).status).toBe(500);
  });
});

describe('a redirect', () => {
  const redirecting = (location: (port: number) => string) => {
    const paths: (string | undefined)[] = [];
    const port = web((request, response) => {
      paths.push(request.url);
      if (request.url !== '/') return response.writeHead(request.url === '/bad' ? 500 : 200).end();
      const to = location(request.socket.localPort ?? 0);
      return response.writeHead(302, { location: to }).end();
    });
    return { port, paths };
  };

  it.each([
    ['a path', () => '/bad', 500, ['/', '/bad']],
    ['a path that is good', () => '/good?x', 200, ['/', '/good?x']],
    ['our own address', (port: number) => `http://127.0.0.1:${port}/bad`, 500, ['/', '/bad']],
    ['the pod’s address', (port: number) => `http://10.1.2.3:${port}/bad`, 500, ['/', '/bad']],
    ['another host', () => 'http://198.51.100.1/bad', 200, ['/']],
    ['another name', () => 'http://idp.example/bad', 200, ['/']],
    ['a name for this host', (port: number) => `http://localhost:${port}/bad`, 200, ['/']],
    ['another protocol', () => 'ftp://127.0.0.1/bad', 200, ['/']],
    ['what is no place', () => 'http://[', 200, ['/']],
  ])('to %s', async (_, location, seen, asked) => {
    const { port, paths } = redirecting(location);
    expect((await probe({ httpGet: { port: await port } }, '10.1.2.3')).status).toBe(seen);
    expect(paths).toEqual(asked);
  });

  it('for ever is a failure', async () => {
    let asked = 0;
    const port = await web((_, response) => {
      asked += 1;
      response.writeHead(307, { location: '/' }).end();
    });
    expect(await probe({ httpGet: { port } })).toMatchObject({
      status: 503,
      body: expect.stringContaining('more than 10'),
    });
    expect(asked).toBe(11);
  });
});
