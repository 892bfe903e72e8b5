/** What counts as a manifest file, and what is said of those that cannot be read. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { look } from './files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portcullis-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);

async function seen() {
  const found = await look(folder, new Map());
  if (found.kind === 'failed') return found.problem;
  return { files: found.files.map(({ name }) => name), unreadable: found.unreadable };
}

it('files with the endings count, in the order of their names, and links to such', async () => {
  for (const name of ['b.yml', 'a.YAML', 'c.yaml.txt', 'notes.md']) writeFileSync(at(name), 'a: 1\n');
  symlinkSync('notes.md', at('link.yaml'));
  expect(await seen()).toEqual({ files: ['a.YAML', 'b.yml', 'link.yaml'], unreadable: [] });
});

it("hidden files and what editors leave behind don't", async () => {
  for (const name of ['.a.yaml', '.a.yaml.swp', 'a.yaml~', '#a.yaml#', 'a.yaml.bak', '.yaml']) {
    writeFileSync(at(name), 'a: 1\n');
  }
  symlinkSync('joe@host.1234:5678', at('.#a.yaml'));
  expect(await seen()).toEqual({ files: [], unreadable: [] });
});

it('what is no file is passed over, and nothing waits for a pipe', async () => {
  mkdirSync(at('folder.yaml'));
  execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', at('pipe.yaml')]);
  expect(await seen()).toEqual({ files: [], unreadable: [] });
});

it('a link that leads nowhere is a problem', async () => {
  symlinkSync('missing', at('a.yaml'));
  symlinkSync('b.yaml', at('b.yaml'));
  expect(await seen()).toEqual({
    files: [],
    unreadable: [
      { name: 'a.yaml', problem: 'is a link to something that is not there: correct or remove it' },
      { name: 'b.yaml', problem: 'cannot be read (ELOOP)' },
    ],
  });
});

it.each([
  ['Latin-1', Buffer.from('a: 1\nb: café\n', 'latin1'), 2],
  ['UTF-16', Buffer.from('\ufeffa: 1\n', 'utf16le'), 1],
  ['a character that is cut in two', Buffer.from('a: 1\n# é').subarray(0, -1), 2],
])(
  '%s is refused: a character that is not understood could be one that matters',
  async (_what, bytes, line) => {
    writeFileSync(at('a.yaml'), bytes);
    const problem = `is not UTF-8, as line ${line} shows: save it in that encoding`;
    expect(await seen()).toEqual({ files: [], unreadable: [{ name: 'a.yaml', problem }] });
  },
);

it('a file of any size that people write is read, a larger one is not', async () => {
  writeFileSync(at('a.yaml'), '');
  truncateSync(at('a.yaml'), 64 * 1024 * 1024 + 1);
  expect(await seen()).toEqual({
    files: [],
    unreadable: [{ name: 'a.yaml', problem: 'is larger than 64 MiB: split it' }],
  });
});

it('what has not changed is the very same again, and not read anew', async () => {
  writeFileSync(at('a.yaml'), 'a: 1\n');
  const first = await look(folder, new Map());
  if (first.kind === 'failed') throw new Error(first.problem);
  const known = new Map(first.files.map((file) => [file.name, file]));
  expect(await look(folder, known)).toEqual(first);
  writeFileSync(at('a.yaml'), 'a: 22\n');
  const changed = await look(folder, known);
  expect(changed).toMatchObject({ files: [{ text: 'a: 22\n' }] });
});
