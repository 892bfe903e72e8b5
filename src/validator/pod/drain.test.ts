import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { manualClock } from '../../base/testing/manual-clock.ts';
import { createDraining, drainFile } from './drain.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portcullis-drain-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const HOUR = 3_600_000;

function start() {
  const file = drainFile(join(folder, 'envoy.json'));
  const clock = manualClock();
  return { file, clock, draining: createDraining(file, clock), state: () => readFileSync(file, 'utf8') };
}

it('Envoy starts with a file that says serve, whatever an earlier one said', async () => {
  const { draining, state, file } = start();
  await draining.prepare();
  expect([state(), statSync(file).mode & 0o777]).toEqual(['0', 0o644]);
  await draining.page();
  await draining.prepare();
  expect(state()).toBe('0');
});

it('it drains when it is asked to, and for an hour at most from the last time', async () => {
  const { draining, state, clock } = start();
  await draining.prepare();
  expect(await draining.page()).toMatchObject({ status: 200, body: 'draining\n' });
  expect(state()).toBe('1');
  clock.advance(HOUR - 1);
  await Promise.all([draining.page(), draining.page()]);
  clock.advance(HOUR - 1);
  expect([state(), clock.due().length]).toEqual(['1', 1]);
  clock.advance(1);
  await expect.poll(state).toBe('0');
});

it('who asks hears where it cannot be written, and can ask again', async () => {
  const { draining, state } = start();
  rmdirSync(folder);
  await expect(draining.page()).rejects.toThrow('ENOENT');
  mkdirSync(folder);
  await draining.page();
  expect(state()).toBe('1');
});
