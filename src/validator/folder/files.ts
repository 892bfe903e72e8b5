/** The manifest files of a folder: which there are, and which of them have changed since the last look. */

import { isUtf8 } from 'node:buffer';
import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../base/error-code.ts';

export interface ManifestFile {
  /** Its name in the folder. */
  readonly name: string;
  readonly text: string;
  /** Changes when the file does. */
  readonly stamp: string;
}

export type FolderLook =
  | {
      readonly kind: 'files';
      readonly files: readonly ManifestFile[];
      readonly unreadable: readonly UnreadableFile[];
    }
  /** Completes "the folder …". */
  | { readonly kind: 'failed'; readonly problem: string };

export interface UnreadableFile {
  readonly name: string;
  /** Completes "the file …". */
  readonly problem: string;
}

const YAML = /^[^.].*\.ya?ml$/i;
/** Larger than any set of manifests that people write. */
const MAX_FILE_MIB = 64;

/**
 * Looks at every YAML file directly in the folder, in the order of their names; links are followed, since a
 * mounted ConfigMap is made of them. What has not changed since `before` is not read again.
 */
export async function look(folder: string, before: ReadonlyMap<string, ManifestFile>): Promise<FolderLook> {
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    return { kind: 'failed', problem: folderProblem(errorCode(error) ?? 'unknown error') };
  }
  const files: ManifestFile[] = [];
  const unreadable: UnreadableFile[] = [];
  for (const name of names.filter((entry) => YAML.test(entry)).sort()) {
    const found = await readOne(folder, name, before.get(name));
    if (found === undefined) continue;
    if ('problem' in found) unreadable.push(found);
    else files.push(found);
  }
  return { kind: 'files', files, unreadable };
}

/** Undefined for a file that is gone by now, and for what is no file. */
async function readOne(
  folder: string,
  name: string,
  before: ManifestFile | undefined,
): Promise<ManifestFile | UnreadableFile | undefined> {
  const path = join(folder, name);
  try {
    const stats = await stat(path, { bigint: true });
    if (!stats.isFile()) return undefined;
    if (stats.size > MAX_FILE_MIB * 1024 * 1024) {
      return { name, problem: `is larger than ${MAX_FILE_MIB} MiB: split it` };
    }
    const stamp = [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join('/');
    if (before?.stamp === stamp) return before;
    const bytes = await readFile(path);
    // A path or a role with a replacement character in it would be another one, and match nothing.
    if (!isUtf8(bytes)) {
      return {
        name,
        problem: `is not UTF-8, as line ${firstBadLine(bytes)} shows: save it in that encoding`,
      };
    }
    return { name, text: bytes.toString('utf8'), stamp };
  } catch (error) {
    const code = errorCode(error) ?? 'unknown error';
    if (code !== 'ENOENT') return { name, problem: `cannot be read (${code})` };
    const isLink = await lstat(path).then(
      (stats) => stats.isSymbolicLink(),
      () => false,
    );
    return isLink
      ? { name, problem: 'is a link to something that is not there: correct or remove it' }
      : undefined;
  }
}

function firstBadLine(bytes: Buffer): number {
  let start = 0;
  for (let line = 1; ; line++) {
    const end = bytes.indexOf('\n', start);
    if (end === -1 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
}

/** Equal for two looks that saw the same. */
export function lookSignature(seen: FolderLook): string {
  return seen.kind === 'failed'
    ? seen.problem
    : JSON.stringify([seen.files.map(({ name, stamp }) => [name, stamp]), seen.unreadable]);
}

function folderProblem(code: string): string {
  switch (code) {
    case 'ENOENT':
      return 'does not exist';
    case 'ENOTDIR':
      return 'is a file, not a folder';
    case 'EACCES':
      return 'may not be read by this user';
    default:
      return `cannot be read (${code})`;
  }
}
