import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Children } from './children.ts';

let folder: string;
let children: Children;
const alive: number[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portcullis-children-'));
  children = new Children(200);
  alive.length = 0;
});
afterEach(async () => {
  await children.stop();
  rmSync(folder, { recursive: true });
});

/** Starts a shell script and returns when it has printed so many process ids, which it puts into `alive`. */
function start(script: string, pids: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  children.start({
    name: 'script',
    program: 'sh',
    args: ['-c', script],
    cwd: folder,
    logFile: join(folder, 'script.log'),
    onLine: (line) => {
      alive.push(Number(line));
      if (alive.length === pids) resolve();
    },
  });
  return promise;
}

/** Which of them are still there. A killed process that nobody has waited for yet counts as gone. */
function survivors(): readonly number[] {
  return alive.filter((pid) => {
    try {
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return false;
    }
  });
}

it('stops a child that obeys', async () => {
  await start('echo $$; exec sleep 60', 1);
  expect(survivors()).toHaveLength(1);
  await children.stop();
  expect(survivors()).toEqual([]);
});

it('stops one that does not, and the children of its own', async () => {
  await start('trap "" TERM; echo $$; (trap "" TERM; sleep 60) & echo $!; wait', 2);
  expect(survivors()).toHaveLength(2);
  await children.stop();
  await expect.poll(survivors).toEqual([]);
});

it('tells of a child that was killed, and takes along what it had started', async () => {
  await start('echo $$; sleep 60 & echo $!; wait', 2);
  process.kill(Number(alive[0]), 'SIGKILL');
  expect((await children.died).message).toBe(
    `script ended (SIGKILL). Its log: ${join(folder, 'script.log')}`,
  );
  await expect.poll(survivors).toEqual([]);
});

it('tells of a child that ended by itself, and keeps what it said', async () => {
  await start('echo 0; echo "no way" >&2; exit 3', 1);
  expect((await children.died).message).toMatch(/^script ended \(exit code 3\).*\nno way$/);
  await expect.poll(() => readFileSync(join(folder, 'script.log'), 'utf8')).toContain('no way');
});

it('tells of a program that is not there', async () => {
  children.start({
    name: 'Envoy',
    program: join(folder, 'nothing'),
    args: [],
    cwd: folder,
    logFile: join(folder, 'log'),
  });
  expect((await children.died).message).toMatch(/^Envoy could not be started: .*ENOENT/);
});

it('tells of a log that cannot be written', async () => {
  children.start({
    name: 'script',
    program: 'sh',
    args: ['-c', 'echo 0; sleep 60'],
    cwd: folder,
    logFile: '/dev/full',
  });
  expect((await children.died).message).toMatch(/^The log of script cannot be written: ENOSPC.*\/dev\/full$/);
});
