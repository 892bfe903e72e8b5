import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keyedPaths } from './keyed.ts';

const app = express().use(keyedPaths(['/admission/validate'], (key) => key === 'key'));
app.use((asked, response) => void response.send(`served ${asked.url}`));
const server = createServer(app);
let port = 0;
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => void server.close());

/** Of a body that is announced only its first byte is sent. */
async function ask(path: string): Promise<string> {
  const call = request({
    host: '127.0.0.1',
    port,
    path,
    method: 'POST',
    headers: { 'content-length': 9_000_000 },
  });
  call.on('error', () => {});
  call.write('{');
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  const text = (await response.setEncoding('utf8').toArray()).join('');
  call.destroy();
  return `${response.statusCode} ${response.headers.connection} ${text}`;
}

it('serves the path with its key, whatever the query', async () => {
  expect(await ask('/admission/validate/key')).toContain('served /admission/validate');
  expect(await ask('/admission/validate/key?timeout=5s')).toContain('served /admission/validate');
});

it.each([
  ...['/', '/admission/validate', '/admission/validate/', '/admission/validate/wrong', '/key'],
  ...[
    '/admission/inject/key',
    '/admission/validate/key/',
    '/admission/validate/key/x',
    '//admission/validate/key',
  ],
  ...[
    '/admission/validate?key',
    '/ADMISSION/validate/key',
    '/admission/validate/%6bey',
    '/x/../admission/validate/key',
  ],
])('answers 404 before it has read a body, and ends the connection: %s', async (path) => {
  expect(await ask(path)).toBe('404 close no webhook has this path\n');
});
