/** Which builder is taken, what it is told, and what its archive says. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { mustRun } from '../run.ts';
import { parseManifest, readArchive } from './archive.ts';
import { archiveArguments, BUILDERS, buildArguments, chooseBuilder } from './builder.ts';

describe('the builder', () => {
  it.each(BUILDERS)('is %s where it alone works', async (builder) => {
    expect(await chooseBuilder(undefined, async (candidate) => candidate === builder)).toBe(builder);
  });

  it('is the first that works', async () => {
    expect(await chooseBuilder(undefined, async (candidate) => candidate !== 'docker')).toBe('podman');
  });

  it('is the one that is asked for, without a look at any', async () => {
    expect(await chooseBuilder('buildah', () => Promise.reject(new Error('looked')))).toBe('buildah');
  });

  it.each([
    [undefined, 'On Debian, `apt-get install buildah` is enough'],
    ['kaniko', 'There is no builder "kaniko": BUILDER may be docker, podman, buildah.'],
  ])('is missed with words that help (BUILDER=%s)', async (wanted, text) => {
    await expect(chooseBuilder(wanted, async () => false)).rejects.toThrow(text);
  });

  const order = {
    context: '.',
    name: 'p:1',
    base: undefined,
    epoch: 7,
    flags: [],
    target: 'portcullis' as const,
  };

  it.each([
    ['docker', []],
    ['podman', ['--timestamp', '7']],
    ['buildah', ['--timestamp', '7', '--layers']],
  ] as const)('%s is told the age of the files', (builder, more) => {
    const common = ['build', '--target', 'portcullis', '--tag', 'p:1', '--build-arg', 'SOURCE_DATE_EPOCH=7'];
    expect(buildArguments(builder, order)).toEqual([...common, ...more, '.']);
  });

  it('makes the demo where that is asked for', () => {
    const args = buildArguments('docker', { ...order, target: 'demo' });
    expect(args.slice(0, 3)).toEqual(['build', '--target', 'demo']);
  });

  it('is told the base and the flags that are asked for', () => {
    const args = buildArguments('docker', { ...order, base: 'node:26', flags: ['--pull'] });
    expect(args.slice(7)).toEqual(['--build-arg', 'BASE=node:26', '--pull', '.']);
  });

  it.each(BUILDERS)('%s writes an archive', (builder) => {
    expect(archiveArguments(builder, 'p:1', '/a.tar').join(' ')).toContain('/a.tar');
  });
});

describe('an archive', () => {
  const hex = 'ab'.repeat(32);

  it.each([
    ["docker's", `[{"Config":"${hex}.json","RepoTags":["p:1"],"Layers":["a.tar","b.tar"]}]`, 'b.tar'],
    [
      "OCI's",
      `[{"Config": "blobs/sha256/${hex}", "Layers": ["blobs/sha256/aa", "blobs/sha256/bb"]}]`,
      'blobs/sha256/bb',
    ],
  ])('in %s layout names its image', (_layout, manifest, uppermost) => {
    expect(parseManifest(manifest)).toEqual({ id: `sha256:${hex}`, uppermost });
  });

  it.each(['[]', `[{"Config":"${hex}.json","Layers":[]}]`])('that says too little is refused: %s', (text) => {
    expect(() => parseManifest(text)).toThrow('manifest.json');
  });

  it('gives a file of its uppermost layer, compressed or not', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'portcullis-archive-'));
    try {
      const tar = (...args: readonly string[]) => mustRun('tar', args, { cwd: folder });
      await writeFile(path.join(folder, 'file'), 'content');
      await writeFile(
        path.join(folder, 'manifest.json'),
        `[{"Config":"${hex}.json","Layers":["lower.tar","upper.tgz"]}]`,
      );
      await tar('-czf', 'upper.tgz', 'file');
      await tar('-cf', 'image.tar', 'manifest.json', 'upper.tgz');
      const facts = await readArchive(path.join(folder, 'image.tar'), 'file');
      expect(facts).toMatchObject({ id: `sha256:${hex}`, content: 'content' });
      expect(facts.compressedSize).toBeLessThan(facts.size);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
