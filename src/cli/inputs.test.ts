import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../process/start-error.ts';
import { readInputs } from './inputs.ts';
import { folderWith } from './testing/run.ts';

const read = (paths: readonly string[], stdin = '') =>
  readInputs(paths, () => Promise.resolve(Buffer.from(stdin)));

describe('readInputs', () => {
  it('reads the YAML files of a folder, and not those below it or hidden', async () => {
    const folder = folderWith({ 'b.yml': 'b', 'a.yaml': 'a', 'c.txt': 'c', '.d.yaml': 'd' });
    mkdirSync(path.join(folder, 'e.yaml'));
    expect(await read([folder])).toEqual({
      files: [
        { name: path.join(folder, 'a.yaml'), text: 'a' },
        { name: path.join(folder, 'b.yml'), text: 'b' },
      ],
      unreadable: [],
    });
  });

  it('reads a file of any name', async () => {
    const folder = folderWith({ 'c.txt': 'c' });
    expect((await read([path.join(folder, 'c.txt')])).files).toHaveLength(1);
  });

  it('reads standard input once', async () => {
    expect((await read(['-', '-'], 'a: 1')).files).toEqual([{ name: '<stdin>', text: 'a: 1' }]);
  });

  it('reads a file once that is named twice', async () => {
    const folder = folderWith({ 'a.yaml': 'a' });
    const { files } = await read([folder, path.join(folder, 'a.yaml'), path.join(folder, '.', 'a.yaml')]);
    expect(files).toHaveLength(1);
  });

  it('tells of files that cannot be read', async () => {
    const folder = folderWith({ 'a.yaml': 'a', 'b.yaml': new Uint8Array([0xff]) });
    symlinkSync('nowhere', path.join(folder, 'c.yaml'));
    const { files, unreadable } = await read([folder]);
    expect(files.map(({ text }) => text)).toEqual(['a']);
    expect(unreadable.map(({ name }) => path.basename(name))).toEqual(['b.yaml', 'c.yaml']);
    expect((await read([path.join(folder, 'b.yaml')])).unreadable).toMatchObject([
      { problem: 'is not UTF-8: save it in that encoding' },
    ]);
  });

  it.each([
    ['a path that is missing', () => ['/nowhere/at/all'], 'does not exist'],
    ['a path below a file', () => [path.join(folderWith({ a: '' }), 'a', 'b')], 'does not exist'],
    ['an empty path', () => [''], 'no path'],
    ['a folder without YAML', () => [folderWith({ 'a.txt': '' })], 'no YAML file'],
    ['an empty standard input', () => ['-'], 'nothing to read'],
    ['nothing but empty files', () => [folderWith({ 'a.yaml': '\n', 'b.yaml': '' })], 'nothing to read'],
  ])('refuses %s', async (_case, paths, problem) => {
    const reading = read(paths());
    await expect(reading).rejects.toThrow(UsageError);
    await expect(reading).rejects.toThrow(problem);
  });
});
