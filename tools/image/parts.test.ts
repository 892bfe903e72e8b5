/** What the image is told to hold: libraries that ldd names, packages in the bundles, and the bill of materials. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundledPackages } from './bundled.ts';
import { parseLdd } from './libraries.ts';
import { billOfMaterials, debPurl, npmPurl, type Part } from './sbom.ts';

describe('the libraries of a program', () => {
  it('are those that ldd names by a path, the linker among them', () => {
    const output = `\tlinux-vdso.so.1 (0x00007ffd2a5c9000)
\tlibnftables.so.1 => /lib/x86_64-linux-gnu/libnftables.so.1 (0x00007f0e3c2a1000)
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f0e3c0c0000)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f0e3c3d2000)
`;
    expect(parseLdd(output)).toEqual([
      '/lib/x86_64-linux-gnu/libnftables.so.1',
      '/lib/x86_64-linux-gnu/libc.so.6',
      '/lib64/ld-linux-x86-64.so.2',
    ]);
  });

  it('must all be there', () => {
    expect(() => parseLdd('\tlibatomic.so.1 => not found\n')).toThrow(
      'The library libatomic.so.1 is missing',
    );
  });

  it('are none where the program is static', () => {
    expect(parseLdd('\tstatically linked\n')).toEqual([]);
  });
});

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

describe('the bill of materials', () => {
  const part = (name: string, rest: Partial<Part> = {}): Part => ({
    ...{ kind: 'npm', name, version: '1.0.0', purl: npmPurl(name, '1.0.0') },
    ...rest,
  });

  it('is the same whatever the order, and names a part once', () => {
    const forth = billOfMaterials('0.1.0', [part('a'), part('b'), part('a')], 0);
    expect(billOfMaterials('0.1.0', [part('b'), part('a')], 0)).toBe(forth);
    expect(JSON.parse(forth)).toMatchObject({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      metadata: {
        timestamp: '1970-01-01T00:00:00.000Z',
        component: { name: 'portcullis', version: '0.1.0' },
      },
      components: [{ name: 'a' }, { name: 'b' }],
    });
  });

  it('says of a part what is known', () => {
    const node = part('node', { kind: 'program', purl: 'pkg:generic/node@1.0.0', cpe: 'cpe:2.3:a:x' });
    const { components } = JSON.parse(billOfMaterials('0.1.0', [node, part('pino', { license: 'MIT' })], 0));
    expect(components).toEqual([
      {
        ...{ type: 'application', 'bom-ref': node.purl, name: 'node', version: '1.0.0', purl: node.purl },
        cpe: 'cpe:2.3:a:x',
      },
      {
        ...{ type: 'library', 'bom-ref': 'pkg:npm/pino@1.0.0', name: 'pino', version: '1.0.0' },
        ...{ licenses: [{ expression: 'MIT' }], purl: 'pkg:npm/pino@1.0.0' },
      },
    ]);
  });

  it('names packages as their ecosystems do', () => {
    expect(debPurl('libstdc++6', '1:14.2-19', 'amd64', 'debian-13')).toBe(
      'pkg:deb/debian/libstdc%2B%2B6@1%3A14.2-19?arch=amd64&distro=debian-13',
    );
  });
});
