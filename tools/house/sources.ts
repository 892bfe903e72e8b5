/** The files that the house is measured by: what is written by hand in src/ and crds/. */

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

export interface SourceFile {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
}

const TEST = /\.(test|fixture)\.tsx?$|\/testing\//;
const GENERATED = /\.gen\.(d\.)?ts$/;

export const isTest = (file: string): boolean => TEST.test(file);
const isCode = (file: string): boolean => /\.tsx?$/.test(file) && !GENERATED.test(file);

/** Of src/ all that is TypeScript and not generated, tests among them; of crds/ all. Sorted by path. */
export async function readSources(root: string): Promise<readonly SourceFile[]> {
  const names = async (folder: string, isWanted: (file: string) => boolean): Promise<readonly string[]> => {
    const entries = await readdir(path.join(root, folder), { recursive: true });
    return entries.map((entry) => `${folder}/${entry.replaceAll(path.sep, '/')}`).filter(isWanted);
  };
  const paths = [...(await names('src', isCode)), ...(await names('crds', (file) => file.endsWith('.yaml')))];
  return Promise.all(
    paths.sort().map(async (file) => ({ path: file, text: await readFile(path.join(root, file), 'utf8') })),
  );
}
