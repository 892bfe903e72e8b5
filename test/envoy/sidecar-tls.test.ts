// An app that speaks TLS behind a real Envoy, and callers that do.

import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { connect as connectHttp2, createSecureServer, type Http2SecureServer } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { type AddressInfo, connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { get } from '../../dev/request.ts';
import { type Authority, type Certificate, createAuthority } from '../../src/issuers/testing/certificates.ts';
import type { PortTls } from '../../src/sidecar/port-tls.ts';
import { ALLOWED, type Between, putBetween } from './between.ts';
import { type Mounted, mountVolume } from './mounted.ts';

const WAIT = { timeout: 60_000, interval: 100 };
const CA = { configMap: 'ca', key: 'ca.crt' };

let authority: Authority;
let certificate: Certificate;
beforeAll(async () => {
  authority = await createAuthority('shop');
  certificate = await authority.issue(['orders.shop.svc']);
});

let app: Http2SecureServer;
let seen: { readonly version: string; readonly headers: IncomingHttpHeaders }[];
const sockets = new Set<Socket>();
let between: Between | undefined;
let mounted: Mounted | undefined;

beforeEach(async () => {
  seen = [];
  app = createSecureServer({ ...certificate, allowHTTP1: true }, (request, response) => {
    seen.push({ version: request.httpVersion, headers: request.headers });
    response.end('ok');
  });
  app.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  app.listen(0, '127.0.0.1');
  await once(app, 'listening');
});

afterEach(async () => {
  await between?.stop();
  await mounted?.remove();
  between = undefined;
  mounted = undefined;
  const closed = once(app, 'close');
  app.close();
  for (const socket of sockets) socket.destroy();
  await closed;
});

async function guard(tls: PortTls, files?: Readonly<Record<string, string>>): Promise<Between> {
  mounted = files && (await mountVolume(files));
  between = await putBetween({
    appPort: (app.address() as AddressInfo).port,
    protocol: 'HTTPS',
    tls,
    ...(mounted !== undefined && { tlsFolder: mounted.path }),
  });
  return between;
}

describe('an app that speaks TLS', () => {
  it('is called by TLS, with HTTP/2 where it offers that, and what the check refuses never gets there', async () => {
    const { port } = await guard({});
    expect(await get(port, '/a', {})).toMatchObject({ status: 200, body: 'ok' });
    expect(seen.map(({ version }) => version)).toEqual(['2.0']);
    if (between !== undefined) between.authorize = (_, response) => response.writeHead(401).end();
    expect((await get(port, '/a', {})).status).toBe(401);
    expect(seen).toHaveLength(1);
  });

  it('gets WebSockets by HTTP/1.1', async () => {
    app.on('upgrade', (_request, socket: Socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\n');
      socket.pipe(socket);
    });
    const { port } = await guard({});
    const client = connectTcp(port, '127.0.0.1');
    sockets.add(client);
    client.once('close', () => sockets.delete(client));
    client.write('GET /ws HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: WebSocket\r\n\r\n');
    const [head] = await once(client, 'data');
    expect(String(head)).toMatch(/^HTTP\/1\.1 101 /);
    client.write('hello');
    expect(String((await once(client, 'data'))[0])).toBe('hello');
    client.destroy();
  });

  it.each<readonly [string, PortTls, number]>([
    ['of the name', { ca: CA, serverName: 'orders.shop.svc' }, 200],
    ['whatever its name, where none is said', { ca: CA }, 200],
    ['but no other name', { ca: CA, serverName: 'other.shop.svc' }, 503],
  ])('is believed by its authority, %s', async (_, tls, status) => {
    const { port } = await guard(tls, { '8080/ca.crt': authority.certificate });
    expect((await get(port, '/', {})).status).toBe(status);
  });

  it('of another authority is not called, until that one is mounted', async () => {
    const other = await createAuthority('other');
    const { port } = await guard(
      { ca: CA, serverName: 'orders.shop.svc' },
      { '8080/ca.crt': other.certificate },
    );
    expect((await get(port, '/', {})).status).toBe(503);
    expect(seen).toEqual([]);
    await mounted?.put({ '8080/ca.crt': authority.certificate });
    await expect.poll(async () => (await get(port, '/', {})).status, WAIT).toBe(200);
  });
});

describe('callers that speak TLS', () => {
  const pair = ({ cert, key }: Certificate) => ({ '8080/tls.crt': cert, '8080/tls.key': key });
  /** The certificate's serial number, by which they are told apart, and the protocol that was agreed on. */
  const shown = async (port: number, ALPNProtocols: readonly string[]) => {
    const socket = connectTls({
      port,
      host: '127.0.0.1',
      ALPNProtocols: [...ALPNProtocols],
      rejectUnauthorized: false,
    });
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    await once(socket, 'secureConnect');
    const found = { serial: socket.getPeerCertificate().serialNumber, protocol: socket.alpnProtocol };
    const closed = once(socket, 'close');
    socket.destroy();
    await closed;
    return found;
  };
  const overHttps = async (port: number): Promise<number | undefined> => {
    const request = httpsRequest({
      port,
      host: '127.0.0.1',
      ca: authority.certificate,
      servername: 'api.example',
      agent: false,
    });
    request.end();
    const [response] = await once(request, 'response');
    response.resume();
    await once(response, 'end');
    return response.statusCode;
  };

  it('are shown the certificate, by either version of HTTP, and the next one as soon as it is mounted', async () => {
    const first = await authority.issue(['api.example']);
    const { port } = await guard({ secretName: 'api' }, pair(first));
    expect(await overHttps(port)).toBe(200);
    expect(seen[0]?.headers['x-forwarded-proto']).toBe('https');
    const before = await shown(port, ['h2', 'http/1.1']);
    expect(before.protocol).toBe('h2');
    expect((await shown(port, ['http/1.1'])).protocol).toBe('http/1.1');
    await mounted?.put(pair(await authority.issue(['api.example'])));
    await expect.poll(async () => (await shown(port, ['h2'])).serial, WAIT).not.toBe(before.serial);
  });

  it('speak HTTP/2 there, and what the check refuses never gets to the app', async () => {
    const { port } = await guard({ secretName: 'api' }, pair(await authority.issue(['api.example'])));
    if (between !== undefined) {
      between.authorize = ({ url }, response) =>
        response.writeHead(url === '/envoy/open' ? 200 : 403, url === '/envoy/open' ? ALLOWED : {}).end();
    }
    const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
    const statusOf = async (path: string): Promise<unknown> => {
      const stream = session.request({ ':path': path });
      const [headers] = await once(stream, 'response');
      stream.resume();
      await once(stream, 'end');
      return headers[':status'];
    };
    expect(await statusOf('/open')).toBe(200);
    expect(await statusOf('/shut')).toBe(403);
    expect(seen).toHaveLength(1);
    const closed = once(session, 'close');
    session.destroy();
    await closed;
  });

  it('are the only ones: without TLS nobody gets in', async () => {
    const { port } = await guard({ secretName: 'api' }, pair(await authority.issue(['api.example'])));
    await expect(get(port, '/', {})).rejects.toThrow();
    expect(between?.checks).toEqual([]);
  });

  it('get nowhere while the certificate cannot be read', async () => {
    const { port } = await guard({ secretName: 'api' }, { '8080/tls.crt': '', '8080/tls.key': '' });
    await expect(overHttps(port)).rejects.toThrow();
    await expect(get(port, '/', {})).rejects.toThrow();
    expect(between?.checks).toEqual([]);
    expect(seen).toEqual([]);
  });
});
