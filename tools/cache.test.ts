/** The cache holds whole things only, whoever fails or races. */
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cached, cacheFolder, findOnPath } from './cache.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'portcullis-cache-'));
  vi.stubEnv('XDG_CACHE_HOME', home);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

const write = (text: string) => (folder: string) => writeFile(path.join(folder, 'file'), text);
const read = (folder: string) => readFile(path.join(folder, 'file'), 'utf8');

describe('cached', () => {
  it('makes a thing once', async () => {
    expect(await read(await cached('thing', write('first')))).toBe('first');
    expect(await read(await cached('thing', write('second')))).toBe('first');
    expect(await readdir(cacheFolder())).toEqual(['thing']);
  });

  it('keeps nothing of a maker that fails', async () => {
    const failing = cached('thing', async (folder) => {
      await write('half')(folder);
      throw new Error('no network');
    });
    await expect(failing).rejects.toThrow('no network');
    expect(await readdir(cacheFolder())).toEqual([]);
  });

  it('gives all of several makers at once the same whole thing', async () => {
    const bothAreIn = Promise.withResolvers<void>();
    let makers = 0;
    const make = (text: string) => async (folder: string) => {
      makers += 1;
      if (makers === 2) bothAreIn.resolve();
      await bothAreIn.promise;
      await write(text)(folder);
    };
    const [one, two] = await Promise.all([cached('thing', make('one')), cached('thing', make('two'))]);
    expect(one).toBe(two);
    expect(['one', 'two']).toContain(await read(one));
    expect(await readdir(cacheFolder())).toEqual(['thing']);
  });
});

describe('findOnPath', () => {
  it('passes over what is no program', async () => {
    const place = (name: string) => path.join(home, name);
    await mkdir(place('folder/envoy'), { recursive: true });
    for (const folder of ['plain', 'right']) {
      await mkdir(place(folder));
      await writeFile(place(`${folder}/envoy`), '');
    }
    await chmod(place('right/envoy'), 0o755);

    const others = ['', place('none'), place('plain'), place('folder')];
    vi.stubEnv('PATH', [...others, place('right')].join(path.delimiter));
    expect(await findOnPath('envoy')).toBe(place('right/envoy'));
    vi.stubEnv('PATH', others.join(path.delimiter));
    expect(await findOnPath('envoy')).toBeUndefined();
  });
});
