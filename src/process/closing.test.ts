import { once } from 'node:events';
import { createServer as createHttpServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, type Server } from 'node:net';
import { expect, it } from 'vitest';
import { createAuthority } from '../issuers/testing/certificates.ts';
import { closerOf } from './closing.ts';

async function start(server: Server) {
  const close = closerOf(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { close, port };
}

it('lets a request that is under way have its answer', async () => {
  const server = createHttpServer();
  const { close, port } = await start(server);
  const asked = once(server, 'request') as Promise<[IncomingMessage, ServerResponse]>;
  const answered = once(get({ host: '127.0.0.1', port, agent: false }), 'response');
  const [, response] = await asked;
  const closed = close(60_000);
  response.end('late');
  expect(await answered).toMatchObject([{ statusCode: 200 }]);
  await closed;
});

it('cuts what is left when the time is up, be it in the middle of a handshake', async () => {
  const { cert, key } = await (await createAuthority('test')).issue(['localhost']);
  const { close, port } = await start(createHttpsServer({ cert, key }));
  const halfOpen = connect(port, '127.0.0.1').on('error', () => {});
  await once(halfOpen, 'connect');
  const cut = once(halfOpen, 'close');
  await close(1);
  await cut;
});

it('is over at once where the server does not listen', async () => {
  await closerOf(createHttpServer())(60_000);
});
