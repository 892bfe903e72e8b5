/** The image's lower layer: Node.js, nft, their libraries and licences, and nothing else of the base. */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { exists } from '../cache.ts';
import { mustRun } from '../run.ts';
import { type DebianPackage, packageOf } from './debian.ts';
import { librariesOf } from './libraries.ts';
import type { Part } from './sbom.ts';

/** Numbers, since Kubernetes can tell only of a number that it is not root. */
const USERS = `root:x:0:0:root:/:/sbin/nologin
portcullis:x:65532:65532:portcullis:/:/sbin/nologin
`;
const GROUPS = `root:x:0:
portcullis:x:65532:
`;

/** Fills the folder `root`, and returns what is in it now. */
export async function fillRuntime(root: string): Promise<readonly Part[]> {
  const nft = (await mustRun('sh', ['-c', 'command -v nft'])).trim();
  const programs = { '/usr/bin/node': process.execPath, '/usr/sbin/nft': nft };

  const files = new Set<string>(Object.values(programs));
  for (const program of Object.values(programs)) {
    for (const library of await librariesOf(program)) {
      files.add(library);
      await copy(library, path.join(root, library));
    }
  }
  for (const [place, program] of Object.entries(programs)) await copy(program, path.join(root, place));

  const packages = await packagesOf([...files]);
  for (const { part, record, copyright } of packages) {
    await put(path.join(root, 'var/lib/dpkg/status.d', part.name), record);
    await copy(copyright, path.join(root, copyright));
  }
  // Debian's copyright files refer to these.
  await copy('/usr/share/common-licenses', path.join(root, 'usr/share/common-licenses'));
  await copy('/etc/os-release', path.join(root, 'etc/os-release'));
  await put(path.join(root, 'etc/passwd'), USERS);
  await put(path.join(root, 'etc/group'), GROUPS);
  await put(path.join(root, 'etc/nsswitch.conf'), 'hosts: files dns\n');
  await copyNodeLicense(root);
  return [nodePart(), ...packages.map(({ part }) => part)];
}

async function packagesOf(files: readonly string[]): Promise<readonly DebianPackage[]> {
  const release = await debianRelease();
  const packages = new Map<string, DebianPackage>();
  for (const file of files) {
    const found = await packageOf(file, release);
    if (found !== undefined) packages.set(found.part.purl, found);
  }
  return [...packages.values()];
}

async function debianRelease(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8');
  const [id, version] = ['ID', 'VERSION_ID'].map(
    (name) => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(text)?.[1],
  );
  if (id !== 'debian' || version === undefined) {
    throw new Error(`BASE must be a Debian image, with its packages; this one says ID=${id ?? ''}.`);
  }
  return `${id}-${version}`;
}

/** Its archive has the licence beside bin/; the package of npm leaves it out. */
async function copyNodeLicense(root: string): Promise<void> {
  const license = path.join(path.dirname(process.execPath), '..', 'LICENSE');
  if (await exists(license)) await copy(license, path.join(root, 'usr/share/doc/node/LICENSE'));
}

function nodePart(): Part {
  const { node } = process.versions;
  return {
    kind: 'program',
    name: 'node',
    version: node,
    license: 'MIT',
    purl: `pkg:generic/node@${node}`,
    cpe: `cpe:2.3:a:nodejs:node.js:${node}:*:*:*:*:*:*:*`,
  };
}

async function put(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}

/** Links become what they lead to: where they lead is not in the image. */
const copy = (from: string, to: string) => cp(from, to, { recursive: true, dereference: true });
