/** Checks over TLS, over HTTP and gRPC: who is served, who is not, and a certificate that changes meanwhile. */

import { once } from 'node:events';
import type { ClientHttp2Session } from 'node:http2';
import { connect as connectHttp2, constants } from 'node:http2';
import { Agent, request } from 'node:https';
import { type AddressInfo, connect as connectPlain } from 'node:net';
import { type ConnectionOptions, connect } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { decide, enforce } from '../../test/support/decide.ts';
import { bindingPolicy } from '../../test/support/policy.ts';
import { type Authority, type Certificate, createAuthority } from '../issuers/testing/certificates.ts';
import { changingCertificates } from '../process/testing/certificates.ts';
import { startGrpcService } from './grpc/server.ts';
import { createHttpService } from './http/server.ts';
import { atOnce } from './testing/asking.ts';
import { NO_PROXY } from './testing/no-proxy.ts';
import { rawConnection } from './testing/sockets.ts';
import { secureHttp } from './tls-servers.ts';

let authority: Authority;
let first: Certificate;
let next: Certificate;
beforeAll(async () => {
  authority = await createAuthority('validators');
  first = await authority.issue(['localhost', 'first.example']);
  next = await authority.issue(['localhost', 'next.example']);
});
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const enforcer = enforce(bindingPolicy());

async function http() {
  const certificates = changingCertificates(first);
  const errors: unknown[] = [];
  const server = createHttpService(
    {
      ...NO_PROXY,
      ask: atOnce(({ request: asked }) => decide(enforcer, asked)),
      record: () => undefined,
      onError: (error) => errors.push(error),
    },
    secureHttp(certificates, (error) => errors.push(error)),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { certificates, errors, port: (server.address() as AddressInfo).port };
}

async function grpc() {
  const certificates = changingCertificates(first);
  const errors: unknown[] = [];
  const service = await startGrpcService(
    { kind: 'tcp', host: '127.0.0.1', port: 0 },
    {
      ask: atOnce(({ request: asked }) => decide(enforcer, asked)),
      record: () => undefined,
      onError: (error) => errors.push(error),
    },
    certificates,
  );
  ends.push(() => service.destroy());
  const port = service.address.kind === 'tcp' ? service.address.port : 0;
  return { certificates, errors, service, port };
}

const trusting = (more: ConnectionOptions = {}): ConnectionOptions => ({
  host: '127.0.0.1',
  servername: 'localhost',
  ca: authority.certificate,
  ...more,
});

/** What a client comes to know: protocol and names, or the code of what went wrong. */
function handshake(port: number, options: ConnectionOptions = {}): Promise<string> {
  const socket = connect({ port, ...trusting(options) });
  ends.push(() => socket.destroy());
  return new Promise((resolve) => {
    socket.once('secureConnect', () =>
      resolve(`${socket.getProtocol()} ${socket.alpnProtocol} ${socket.getPeerCertificate().subjectaltname}`),
    );
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

/** The status of a check over HTTP, on connections of the agent. */
function ask(port: number, agent: Agent | false = false): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asking = request({ port, path: '/envoy/orders', agent, ...trusting() }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    });
    asking.once('error', reject).end();
  });
}

/** The HTTP status of a call over gRPC; an empty check is refused, but answered. */
async function call(session: ClientHttp2Session): Promise<number> {
  const stream = session.request({
    [constants.HTTP2_HEADER_METHOD]: 'POST',
    [constants.HTTP2_HEADER_PATH]: '/envoy.service.auth.v3.Authorization/Check',
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  stream.end(Buffer.alloc(5));
  const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
  stream.resume();
  await once(stream, 'end');
  return Number(headers[':status']);
}

function session(port: number, options: ConnectionOptions = { ALPNProtocols: ['h2'] }): ClientHttp2Session {
  const client = connectHttp2(`https://localhost:${port}`, {
    createConnection: () => connect({ port, ...trusting(options) }),
  });
  ends.push(() => client.destroy());
  return client;
}

describe.each([
  ['HTTP', http, 'http/1.1'],
  ['gRPC', grpc, 'h2'],
] as const)('over %s', (_, start, alpn) => {
  it('its certificate is shown, under TLS 1.2 and 1.3 and no less', async () => {
    const { port } = await start();
    const shown = 'DNS:localhost, DNS:first.example';
    const agreed = { ALPNProtocols: [alpn] };
    expect(await handshake(port, agreed)).toBe(`TLSv1.3 ${alpn} ${shown}`);
    expect(await handshake(port, { ...agreed, maxVersion: 'TLSv1.2' })).toBe(`TLSv1.2 ${alpn} ${shown}`);
    const old = { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    expect(await handshake(port, old)).toMatch(/^(ERR_SSL_|ECONNRESET)/);
  });

  it('whoever trusts another authority, or wants another name, does not ask', async () => {
    const { port } = await start();
    const other = await createAuthority('other');
    expect(await handshake(port, { ca: other.certificate })).toMatch(/SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/);
    expect(await handshake(port, { servername: 'other.example' })).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('another protocol is not agreed on', async () => {
    const { port } = await start();
    const other = alpn === 'h2' ? 'http/1.1' : 'h2';
    expect(await handshake(port, { ALPNProtocols: [other] })).toMatch(
      /ALERT_NO_APPLICATION_PROTOCOL|ECONNRESET/,
    );
  });

  it('a plain question is not answered, and the next caller is served', async () => {
    const { port, errors } = await start();
    const plain = await rawConnection(port);
    let heard = '';
    plain.socket.on('data', (chunk) => {
      heard += chunk;
    });
    plain.send('GET /envoy/ HTTP/1.1\r\nHost: a\r\n\r\n');
    await plain.closed;
    expect(heard).not.toContain('HTTP/');
    expect(await handshake(port)).toContain('first.example');
    expect(errors).toEqual([]);
  });

  it('nonsense within a secure connection costs that connection alone', async () => {
    const { port, errors } = await start();
    const socket = connect({ port, ...trusting({ ALPNProtocols: [alpn] }) });
    socket.on('error', () => {});
    await once(socket, 'secureConnect');
    socket.resume().write('nonsense\r\n\r\n'.repeat(10));
    await once(socket, 'close');
    expect(await handshake(port)).toContain('first.example');
    expect(errors).toEqual([]);
  });

  it('a handshake of which much has come, and which goes on, is ended', async () => {
    const { port, errors } = await start();
    const greedy = connectPlain(port, '127.0.0.1').on('error', () => {});
    greedy.write(Buffer.from([22, 3, 1, 0x3f, 0xff, 1, 0, 0x3f, 0xfb]));
    greedy.write(Buffer.alloc(9000));
    await once(greedy.resume(), 'close');
    expect(await handshake(port)).toContain('first.example');
    expect(errors).toEqual([]);
  });

  it('a caller that hangs up in the middle of its handshake disturbs nobody', async () => {
    const { port, errors } = await start();
    const gone = connectPlain(port, '127.0.0.1');
    await once(gone, 'connect');
    gone.write(Buffer.from([22, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3]));
    gone.resetAndDestroy();
    expect(await handshake(port)).toContain('first.example');
    expect(errors).toEqual([]);
  });
});

it('over HTTP a connection is kept while the certificate changes, and a new one is shown the new one', async () => {
  const { port, certificates } = await http();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  ends.push(() => agent.destroy());
  expect(await ask(port, agent)).toBe(401);
  certificates.change(next);
  expect(await ask(port, agent)).toBe(401);
  expect(Object.values(agent.freeSockets).flat()).toHaveLength(1);
  expect(await handshake(port)).toContain('next.example');
  expect(await ask(port)).toBe(401);
});

describe('over gRPC', () => {
  it('a session is kept while the certificate changes, and a new one is shown the new one', async () => {
    const { port, certificates } = await grpc();
    const before = session(port);
    expect(await call(before)).toBe(200);
    certificates.change(next);
    expect(await call(before)).toBe(200);
    expect(await handshake(port)).toContain('next.example');
    expect(await call(session(port))).toBe(200);
  });

  it('a client that does not name its protocol is served all the same', async () => {
    const { port } = await grpc();
    expect(await call(session(port, {}))).toBe(200);
  });

  it('it ends well: sessions are closed, and nobody comes in', async () => {
    const { port, service } = await grpc();
    const open = session(port);
    expect(await call(open)).toBe(200);
    const closed = once(open, 'close');
    await service.drain();
    await closed;
    expect(await handshake(port)).toBe('ECONNREFUSED');
  });
});
