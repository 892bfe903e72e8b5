/** The bundles are CommonJS, evaluate lazily what is imported lazily, and do not come out of a build with warnings. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundle } from './bundle.ts';
import { run } from './run.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'portcullis-bundle-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function bundled(files: Readonly<Record<string, string>>): Promise<string> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  await bundle({ program: path.join(folder, 'main.ts') }, path.join(folder, 'dist'));
  return path.join(folder, 'dist', 'program.cjs');
}

describe('a bundle', () => {
  const lazy = {
    'main.ts': `
      import { early } from './early.ts';
      console.log(early, 'main');
      if (process.argv[2] === 'all') import('./late.ts').then((module) => console.log(module.late));
      console.log('end');`,
    'early.ts': "export const early: string = 'early';",
    'late.ts': "console.log('late is evaluated'); export const late = 'late';",
  };

  it('does not evaluate what import() did not ask for', async () => {
    const program = await bundled(lazy);
    expect(await run(process.execPath, [program])).toEqual({
      code: 0,
      stdout: 'early main\nend\n',
      stderr: '',
    });
  });

  it('evaluates it when it is asked for', async () => {
    const program = await bundled(lazy);
    const { stdout } = await run(process.execPath, [program, 'all']);
    expect(stdout).toBe('early main\nend\nlate is evaluated\nlate\n');
  });

  it('has its source map beside it, unnamed, so that Node.js never loads it', async () => {
    await bundled(lazy);
    expect((await readdir(path.join(folder, 'dist'))).toSorted()).toEqual(['program.cjs', 'program.cjs.map']);
  });

  it('fails where the output would not work', async () => {
    await expect(bundled({ 'main.ts': 'console.log(import.meta.url);' })).rejects.toThrow('would not run');
  });

  it('fails where one character would double the memory that its source takes', async () => {
    await expect(bundled({ 'main.ts': 'console.log(/[…]/.test("…"));' })).rejects.toThrow('as an escape: ');
    expect(await bundled({ 'main.ts': 'console.log("…", "é");' })).toMatch(/program\.cjs$/);
  });
});
