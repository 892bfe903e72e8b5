import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import type { CheckCall } from '../check.ts';
import { rawConnection } from '../testing/sockets.ts';
import { readHttpCheck } from './request.ts';

/** What is read of a request with these headers, sent for real. */
async function check(...headers: readonly (readonly [name: string, value: string])[]): Promise<CheckCall> {
  const { promise, resolve } = Promise.withResolvers<CheckCall>();
  const server = createServer({ requireHostHeader: false }, (message) => resolve(readHttpCheck(message)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { socket } = await rawConnection((server.address() as AddressInfo).port);
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  socket.write(['GET /envoy/a?b=c HTTP/1.1', ...lines, '', ''].join('\r\n'), 'latin1');
  const read = await promise;
  socket.destroy();
  server.close();
  return read;
}

it('method, target, host and headers are the request’s own', async () => {
  expect(await check(['Host', 'api.example'], ['X-Thing', 'Value'])).toEqual({
    request: {
      method: 'GET',
      pathAndQuery: '/a?b=c',
      host: 'api.example',
      headers: { host: 'api.example', 'x-thing': 'Value' },
      mayBeJoined: true,
      port: undefined,
    },
    client: undefined,
  });
});

it.each([
  ['authorization', 'Bearer a, Bearer b'],
  ['host', 'Bearer a, Bearer b'],
  ['content-type', 'Bearer a, Bearer b'],
  ['user-agent', 'Bearer a, Bearer b'],
  ['set-cookie', 'Bearer a, Bearer b'],
  ['origin', 'Bearer a, Bearer b'],
  ['x-portcullis-port', 'Bearer a, Bearer b'],
  ['cookie', 'Bearer a; Bearer b'],
])('a doubled %s loses nothing', async (name, joined) => {
  const { request } = await check([name.toUpperCase(), 'Bearer a'], [name, 'Bearer b']);
  expect(request.headers[name]).toBe(joined);
  expect(request.doubled).toEqual(new Set([name]));
});

it('an empty header is there', async () => {
  const { request } = await check(['authorization', '']);
  expect(request.headers.authorization).toBe('');
  expect(request.doubled).toBeUndefined();
});

it('a header that came empty at first is doubled, too', async () => {
  const { request } = await check(['mcp-name', ''], ['Mcp-Name', 'a']);
  expect(request.doubled).toEqual(new Set(['mcp-name']));
});

it.each([
  ['UTF-8 as such', Buffer.from('grüße', 'utf8').toString('latin1'), 'grüße'],
  ['other bytes as a replacement', 'gr\xfc', 'gr\ufffd'],
])('reads %s', async (_, bytes, read) => {
  const { request } = await check(['x-a', bytes]);
  expect(request.headers['x-a']).toBe(read);
});

it('a header that is not there is not, whatever objects have by nature', async () => {
  const { headers } = (await check(['x-a', 'b'])).request;
  expect([headers.constructor, headers.toString, headers.hasOwnProperty]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

it.each([
  ['8080', 8080],
  ['0', 0],
  ['', 0],
  ['80, 81', 0],
  ['any', 0],
  ['-1', 0],
  ['808080', 0],
])('port %j', async (text, port) => {
  const { request } = await check(['x-portcullis-port', text]);
  expect(request.port).toBe(port);
});

it('the client is whom the configuration names', async () => {
  expect((await check(['x-portcullis-client', '2001:db8::7'])).client).toBe('2001:db8::7');
});
