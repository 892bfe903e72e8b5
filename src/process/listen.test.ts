import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type ListenOptions, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ListenAddress } from './address.ts';
import { listen } from './listen.ts';
import { StartError } from './start-error.ts';

let folder: string;
const servers: Server[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portcullis-listen-'));
});

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.close();
    if (server.listening) await once(server, 'close');
  }
  rmSync(folder, { recursive: true, force: true });
});

function server(): Server {
  const created = createServer((socket) => socket.end());
  servers.push(created);
  return created;
}

it('port 0 becomes the port that was taken', async () => {
  const bound = await listen(server(), { kind: 'tcp', host: '127.0.0.1', port: 0 });
  expect(bound).toEqual({ kind: 'tcp', host: '127.0.0.1', port: expect.any(Number) });
  expect(bound).not.toMatchObject({ port: 0 });
});

it('a port in use is one clear line', async () => {
  const bound = await listen(server(), { kind: 'tcp', host: '127.0.0.1', port: 0 });
  await expect(listen(server(), bound)).rejects.toThrow(
    /^cannot listen on 127\.0\.0\.1:\d+: something else does/,
  );
  await expect(listen(server(), bound)).rejects.toBeInstanceOf(StartError);
});

it('an address that is not ours is one clear line', async () => {
  await expect(listen(server(), { kind: 'tcp', host: '203.0.113.7', port: 0 })).rejects.toThrow(
    'no such address',
  );
});

/** Reads to the end of a connection: it is over when the server has answered. */
async function visit(host: string, port: number): Promise<void> {
  const socket = connect({ host, port });
  await once(socket.resume(), 'end');
  socket.destroy();
}

describe('::', () => {
  const every: ListenAddress = { kind: 'tcp', host: '::', port: 0 };

  it('means every address of both families', async () => {
    const bound = await listen(server(), every);
    if (bound.kind !== 'tcp') throw new Error('no port');
    await visit('127.0.0.1', bound.port);
    if (bound.host === '::') await visit('::1', bound.port);
  });

  it.each(['EAFNOSUPPORT', 'EADDRNOTAVAIL'])(
    'is every IPv4 address where the kernel says %s',
    async (code) => {
      const created = server();
      const real = created.listen.bind(created);
      const asked: unknown[] = [];
      created.listen = ((options: ListenOptions, done: () => void) => {
        asked.push(options.host);
        if (options.host !== '::') return real(options, done);
        process.nextTick(() => created.emit('error', Object.assign(new Error(code), { code })));
        return created;
      }) as typeof created.listen;
      const bound = await listen(created, every);
      expect(asked).toEqual(['::', '0.0.0.0']);
      expect(bound).toMatchObject({ host: '0.0.0.0' });
      if (bound.kind === 'tcp') await visit('127.0.0.1', bound.port);
      expect(created.listenerCount('error')).toBe(0);
    },
  );
});

it('any user may connect to a Unix socket, and it goes when the server does', async () => {
  const path = join(folder, 'http.sock');
  const created = server();
  await listen(created, { kind: 'unix', path });
  expect(statSync(path).mode & 0o777).toBe(0o666);
  created.close();
  await once(created, 'close');
  expect(existsSync(path)).toBe(false);
});

it('the socket of a killed process is cleared', async () => {
  const path = join(folder, 'http.sock');
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  await once(spawn(process.execPath, ['-e', script]), 'exit');
  expect(statSync(path).isSocket()).toBe(true);
  await listen(server(), { kind: 'unix', path });
});

it('the socket of a living process is not', async () => {
  const path = join(folder, 'http.sock');
  await listen(server(), { kind: 'unix', path });
  await expect(listen(server(), { kind: 'unix', path })).rejects.toThrow('something else does already');
  expect(statSync(path).isSocket()).toBe(true);
});

it('a file that is no socket is never removed', async () => {
  const path = join(folder, 'notes.txt');
  writeFileSync(path, 'keep me');
  await expect(listen(server(), { kind: 'unix', path })).rejects.toThrow('no socket');
  expect(existsSync(path)).toBe(true);
});

it('a folder that is missing is one clear line', async () => {
  await expect(listen(server(), { kind: 'unix', path: join(folder, 'a/b.sock') })).rejects.toThrow(
    'the folder of the socket does not exist',
  );
});
