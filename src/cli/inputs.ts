/** The files that -f names: files, the YAML files of folders, and standard input. */

import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../base/error-code.ts';
import { UsageError } from '../process/start-error.ts';

export interface Input {
  /** Its path, as it is to be shown. */
  readonly name: string;
  readonly text: string;
}

export interface UnreadableInput {
  readonly name: string;
  /** Completes "the file …". */
  readonly problem: string;
}

export interface Inputs {
  /** In the order of their names, as the validator reads a folder. */
  readonly files: readonly Input[];
  readonly unreadable: readonly UnreadableInput[];
}

export const STDIN = '-';
const STDIN_NAME = '<stdin>';

/** Throws a UsageError for a path that is missing, for a folder without YAML, and where all is empty. */
export async function readInputs(
  paths: readonly string[],
  stdin: () => Promise<Uint8Array>,
): Promise<Inputs> {
  const found = new Map<string, Input | UnreadableInput>();
  for (const given of paths) {
    for (const input of await readPath(given, stdin, found)) {
      found.set(idOf(input.name), input);
    }
  }
  const sorted = [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const files = sorted.filter((input) => 'text' in input);
  const unreadable = sorted.filter((input) => 'problem' in input);
  if (unreadable.length === 0 && files.every(({ text }) => text.trim() === '')) {
    throw new UsageError(`there is nothing to read in ${paths.join(', ')}: is it the right place?`);
  }
  return { files, unreadable };
}

/** One file is one input, by whatever path it is named. */
const idOf = (name: string): string => (name === STDIN_NAME ? name : path.resolve(name));

async function readPath(
  given: string,
  stdin: () => Promise<Uint8Array>,
  known: ReadonlyMap<string, unknown>,
): Promise<readonly (Input | UnreadableInput)[]> {
  if (given === STDIN) return known.has(STDIN_NAME) ? [] : [input(STDIN_NAME, await stdin())];
  if (given === '') throw new UsageError('-f is given no path.');
  try {
    if ((await stat(given)).isDirectory()) return await readFolder(given);
    return known.has(idOf(given)) ? [] : [input(given, await readFile(given))];
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const code = errorCode(error) ?? 'unknown error';
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new UsageError(`${given} does not exist.`);
    return [{ name: given, problem: `cannot be read (${code})` }];
  }
}

async function readFolder(folder: string): Promise<readonly (Input | UnreadableInput)[]> {
  // What the validator reads of a folder is read here; that part of it is only ever loaded when it is used.
  const { look } = await import('../validator/folder/files.ts');
  const seen = await look(folder, new Map());
  if (seen.kind === 'failed') throw new UsageError(`the folder ${folder} ${seen.problem}.`);
  const inputs = [...seen.files, ...seen.unreadable];
  if (inputs.length === 0) throw new UsageError(`the folder ${folder} has no YAML file in it.`);
  return inputs.map((file) => {
    const name = path.join(folder, file.name);
    return 'text' in file ? { name, text: file.text } : { name, problem: file.problem };
  });
}

function input(name: string, bytes: Uint8Array): Input | UnreadableInput {
  return isUtf8(bytes)
    ? { name, text: Buffer.from(bytes).toString('utf8') }
    : { name, problem: 'is not UTF-8: save it in that encoding' };
}
