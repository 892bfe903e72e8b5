import { once } from 'node:events';
import { createServer, request, type Server } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createAuthority } from '../issuers/testing/certificates.ts';
import { boundHandshakes } from './handshakes.ts';

let certificate: { readonly cert: string; readonly key: string };
beforeAll(async () => {
  certificate = await (await createAuthority('test')).issue(['localhost']);
});

let server: Server;
let port: number;
beforeEach(async () => {
  server = createServer(certificate, (message, response) => {
    message.resume().once('end', () => response.end('read'));
  });
  boundHandshakes(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** The beginning of a first message that says it has 128,000 bytes, in records of 16,000. */
function hello(bytes: number): Buffer {
  const message = Buffer.concat([Buffer.from([1, 1, 0xf4, 0]), Buffer.alloc(bytes)]);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += 16_000) {
    const part = message.subarray(at, at + 16_000);
    records.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 255]), part);
  }
  return Buffer.concat(records);
}

it.each([9_000, 100_000])('ends a handshake of %i bytes that goes on', async (bytes) => {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  socket.write(hello(bytes));
  await once(socket.resume(), 'close');
});

it('lets a caller send more once the handshake is over', async () => {
  const asked = request({ port, host: '127.0.0.1', method: 'POST', rejectUnauthorized: false });
  asked.end(Buffer.alloc(1_000_000));
  const [response] = await once(asked, 'response');
  expect(response.statusCode).toBe(200);
  response.resume();
});
