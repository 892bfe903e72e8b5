import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { portFromEnvironment } from './main.ts';
import { freePort, isFree } from './ports.ts';

it('a port that is taken is seen, and another found', async () => {
  const port = await freePort(0);
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');

  expect(await isFree(port)).toBe(false);
  expect(await freePort(port)).not.toBe(port);
  await new Promise((closed) => server.close(closed));
  expect(await isFree(port)).toBe(true);
  expect(await freePort(port)).toBe(port);
});

it('what was chosen is chosen by no other process, and not again by this one, before anything listens there', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, () => freePort(0)));
  expect(new Set(ports).size).toBe(50);
  const [port = 0] = ports;
  expect(await freePort(port)).toBe(port);
  const script = `import { freePort } from '${new URL('ports.ts', import.meta.url)}'; console.log(await freePort(${port}))`;
  const other = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const found = Number(await text(other.stdout));
  expect(found).toBeGreaterThan(0);
  expect(ports).not.toContain(found);
});

it.each([
  [undefined, 8080],
  ['', 8080],
  ['8081', 8081],
  ['0', 0],
])('PORTCULLIS_PORT=%s is port %s', (value, port) => {
  expect(portFromEnvironment(value, 'make run')).toBe(port);
});

it.each(['http', '65536', '-1', '80.5', '0x50'])(
  'PORTCULLIS_PORT=%s is refused, with the way out',
  (value) => {
    expect(() => portFromEnvironment(value, 'make demo')).toThrow(
      `PORTCULLIS_PORT is "${value}", which is no port. Give a number up to 65535: make demo PORTCULLIS_PORT=8081`,
    );
  },
);
