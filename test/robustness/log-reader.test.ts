// A collector that has stopped to read the log: nobody waits for it, neither a check nor the end of the process.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { send } from '../envoy/guarded.ts';
import { temporaryFolder } from '../support/server.ts';
import { reasonOf } from '../support/validator.ts';
import { HOST, MANIFESTS } from './world.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

/** A pipe without any room: the first line that is written into it does not fit. */
function fullPipe(path: string): { readonly end: number; close(): void } {
  spawnSync('sh', ['-c', 'mkfifo "$0"', path]);
  const held = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  try {
    for (;;) writeSync(held, 'x'.repeat(4096));
  } catch {
    // EAGAIN: it is full.
  }
  const end = openSync(path, constants.O_WRONLY);
  return {
    end,
    close: () => {
      closeSync(end);
      closeSync(held);
    },
  };
}

it('checks are answered, and SIGTERM ends the process', async () => {
  const folder = await temporaryFolder('log-reader');
  writeFileSync(join(folder.path, 'manifests.yaml'), MANIFESTS);
  const pipe = fullPipe(join(folder.path, 'log'));
  const socket = join(folder.path, 'http.sock');
  const child = spawn(
    process.execPath,
    [
      ...[PROGRAM, 'validator', '--manifests', folder.path, '--http', `unix:${socket}`],
      ...['--grpc', 'off', '--admin', 'off'],
    ],
    { stdio: ['ignore', pipe.end, 'inherit'] },
  );
  try {
    const ask = () => send(socket, { target: '/envoy/', headers: [['host', HOST]] });
    let answer = await ask().catch(() => undefined);
    while (answer === undefined && child.exitCode === null) {
      await sleep(50);
      answer = await ask().catch(() => undefined);
    }
    for (let i = 0; i < 100; i++) expect(reasonOf(await ask())).toBe('token_missing');
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
    pipe.close();
    await folder.remove();
  }
});
