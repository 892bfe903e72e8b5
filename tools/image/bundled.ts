/** Which npm packages went into the bundles. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { npmPurl, type Part } from './sbom.ts';

/** Of `files`, the packages that hold them; `root` is the checkout, which the files' names are relative to. */
export async function bundledPackages(root: string, files: readonly string[]): Promise<readonly Part[]> {
  const folders = new Set(files.map(packageFolder).filter((folder) => folder !== undefined));
  return Promise.all([...folders].map((folder) => readPackage(path.join(root, folder))));
}

/** The folder of the innermost package: packages may have packages of their own. */
function packageFolder(file: string): string | undefined {
  return /^.*(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}

async function readPackage(folder: string): Promise<Part> {
  const manifest: unknown = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
  const name = member(manifest, 'name');
  const version = member(manifest, 'version');
  if (name === undefined || version === undefined) {
    throw new Error(
      `${folder}/package.json names no package: a bundle holds files of it, so look at what it is.`,
    );
  }
  return { kind: 'npm', name, version, license: member(manifest, 'license'), purl: npmPurl(name, version) };
}

function member(value: unknown, name: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found: unknown = Reflect.get(value, name);
  return typeof found === 'string' ? found : undefined;
}
