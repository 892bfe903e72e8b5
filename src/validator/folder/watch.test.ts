/** Following a folder, with the regular looks in the test's hand. Every wait is for something to be seen. */

import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { type FolderLook, look } from './files.ts';
import { followFolder, QUIET, RESCAN_INTERVAL, UNFINISHED } from './watch.ts';

const shown = (seen: FolderLook): string =>
  seen.kind === 'failed' ? seen.problem : seen.files.map(({ name, text }) => `${name}=${text.trim()}`).join();

async function following(prepare: (folder: string) => void = () => {}) {
  const above = mkdtempSync(join(tmpdir(), 'portcullis-follow-'));
  const folder = join(above, 'manifests');
  mkdirSync(folder);
  writeFileSync(join(folder, 'a.yaml'), 'one\n');
  prepare(folder);
  const seen: string[] = [];
  const waits: number[] = [];
  let wake = () => {};
  let rescan = () => {};
  const stop = followFolder(await look(folder, new Map()), {
    folder,
    clock: {
      ...systemClock,
      after: (milliseconds, call) => {
        if (milliseconds !== RESCAN_INTERVAL) {
          waits.push(milliseconds);
          return systemClock.after(0, call);
        }
        rescan = call;
        return () => {};
      },
    },
    onChange: (next) => {
      seen.push(shown(next));
      wake();
    },
  });
  onTestFinished(() => {
    stop();
    rmSync(above, { recursive: true, force: true });
  });
  const until = async (expected: string): Promise<void> => {
    while (seen.at(-1) !== expected) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  return { above, folder, seen, waits, until, write, rescan: () => rescan() };
}

it('changes are reported by the system, without a regular look', async () => {
  const { until, write } = await following();
  write('a.yaml', 'two\n');
  await until('a.yaml=two');
  write('b.yaml', 'three\n');
  await until('a.yaml=two,b.yaml=three');
});

it('a folder that is deleted and made anew is watched again', async () => {
  const { folder, until, write, rescan } = await following();
  rmSync(folder, { recursive: true });
  mkdirSync(folder); // File systems like to give it the old inode.
  write('a.yaml', 'two\n');
  rescan();
  await until('a.yaml=two');
  // More than once, for the old folder's end is an event, too.
  for (const text of ['three', 'four', 'five']) {
    write('a.yaml', `${text}\n`);
    await until(`a.yaml=${text}`);
  }
});

it('a folder that is a link is followed to where it leads now', async () => {
  const { above, folder, until, rescan } = await following((it) => {
    renameSync(it, `${it}-1`);
    symlinkSync('manifests-1', it);
  });
  mkdirSync(join(above, 'manifests-2'));
  writeFileSync(join(above, 'manifests-2', 'a.yaml'), 'two\n');
  symlinkSync('manifests-2', `${folder}-new`);
  renameSync(`${folder}-new`, folder);
  rescan();
  await until('a.yaml=two');
  writeFileSync(join(above, 'manifests-2', 'a.yaml'), 'three\n');
  await until('a.yaml=three');
});

it('a folder that becomes a link to itself is a problem, and no crash', async () => {
  const { folder, until, write, rescan } = await following();
  rmSync(folder, { recursive: true });
  symlinkSync(folder, folder);
  rescan();
  await until('cannot be read (ELOOP)');
  unlinkSync(folder);
  mkdirSync(folder);
  write('a.yaml', 'two\n');
  rescan();
  await until('a.yaml=two');
});

it.each([
  ['ends in mid-line', 'two\nthr'],
  ['is empty', ''],
])('a file that %s gets more time to be finished', async (_what, text) => {
  const { folder, waits, seen, until, write } = await following();
  write('a.yaml', text);
  await until(`a.yaml=${text}`);
  expect(waits.at(-1)).toBe(UNFINISHED);

  appendFileSync(join(folder, 'a.yaml'), 'ee\n');
  await until(`a.yaml=${text}ee`);
  expect(waits.at(-1)).toBe(QUIET);
  expect(seen).toHaveLength(2);
});
