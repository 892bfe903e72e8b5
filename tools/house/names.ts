/** Names that have more than one meaning: exports that several files declare, and file names in several folders. */

import path from 'node:path';
import type { SourceFile } from './sources.ts';

export interface SharedName {
  readonly name: string;
  /** Files that give it a meaning of their own. */
  readonly files: readonly string[];
}

/** A re-export, whose names stand in braces, adds no meaning and does not match. */
const DECLARATION =
  /^export (?:declare |default |abstract |async )*(?:class|const|enum|function\*?|interface|let|namespace|type) ([\w$]+)/gm;

/** Names that more than one file declares and exports, as types or as values; the one of most meanings first. */
export function namesOfManyMeanings(files: readonly SourceFile[]): readonly SharedName[] {
  return shared(
    files.flatMap((file) => exportedNames(file.text).map((name) => ({ name, file: file.path }))),
    2,
  );
}

/** A type and a value of one name in one file are one meaning. */
export function exportedNames(text: string): readonly string[] {
  return [...new Set([...text.matchAll(DECLARATION)].flatMap(([, name]) => name ?? []))];
}

/** File names that stand in more than two folders. */
export function commonFileNames(files: readonly SourceFile[]): readonly SharedName[] {
  return shared(
    files.map((file) => ({ name: path.posix.basename(file.path), file: file.path })),
    3,
  );
}

function shared(
  uses: readonly { readonly name: string; readonly file: string }[],
  least: number,
): readonly SharedName[] {
  return [...Map.groupBy(uses, ({ name }) => name)]
    .map(([name, found]) => ({ name, files: found.map(({ file }) => file) }))
    .filter((one) => one.files.length >= least)
    .sort((a, b) => b.files.length - a.files.length || a.name.localeCompare(b.name));
}
