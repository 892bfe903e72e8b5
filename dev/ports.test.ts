import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { portFromEnvironment } from './main.ts';
import { freePort, isFree } from './ports.ts';

test('a port that is taken is seen, and another found', async () => {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const { port } = server.address() as AddressInfo;

  expect(await isFree(port)).toBe(false);
  expect(await freePort(port)).not.toBe(port);
  await new Promise((closed) => server.close(closed));
  expect(await isFree(port)).toBe(true);
  expect(await freePort(port)).toBe(port);
});

test.each([
  [undefined, 8080],
  ['', 8080],
  ['8081', 8081],
  ['0', 0],
])('PORTCULLIS_PORT=%s is port %s', (value, port) => {
  expect(portFromEnvironment(value)).toBe(port);
});

test.each(['http', '65536', '-1', '80.5', '0x50'])(
  'PORTCULLIS_PORT=%s is refused, with the way out',
  (value) => {
    expect(() => portFromEnvironment(value)).toThrow(
      `PORTCULLIS_PORT is "${value}", which is no port. Give a number`,
    );
  },
);
