import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundledPackages } from './bundled.ts';

describe('the packages in a bundle', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'portcullis-bundled-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  async function install(folder: string, manifest: object): Promise<void> {
    await mkdir(path.join(root, folder), { recursive: true });
    await writeFile(path.join(root, folder, 'package.json'), JSON.stringify(manifest));
  }

  it('are those whose files went in, each once, the innermost for each file', async () => {
    await install('node_modules/@a/b', { name: '@a/b', version: '1.0.0', license: 'MIT' });
    await install('node_modules/@a/b/node_modules/c', { name: 'c', version: '2.0.0' });
    await install('node_modules/unused', { name: 'unused', version: '3.0.0' });
    const packages = await bundledPackages(root, [
      'src/cli/main.ts',
      'node_modules/@a/b/index.js',
      'node_modules/@a/b/lib/more.js',
      'node_modules/@a/b/node_modules/c/index.js',
    ]);
    expect(packages).toEqual([
      { kind: 'npm', name: '@a/b', version: '1.0.0', license: 'MIT', purl: 'pkg:npm/%40a/b@1.0.0' },
      { kind: 'npm', name: 'c', version: '2.0.0', license: undefined, purl: 'pkg:npm/c@2.0.0' },
    ]);
  });

  it('must have a name', async () => {
    await install('node_modules/nameless', { version: '1.0.0' });
    await expect(bundledPackages(root, ['node_modules/nameless/index.js'])).rejects.toThrow(
      'node_modules/nameless/package.json names no package',
    );
  });
});
