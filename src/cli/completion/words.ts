/** What may stand next on a command line of `portcullis`. */

import { type HelpOption, type HelpValue, operandOf, optionsOf } from './help-options.ts';

export interface NextWord {
  readonly word: string;
  readonly about: string;
}

export interface NextWords {
  readonly words: readonly NextWord[];
  /** Whether names of files may stand there, too. */
  readonly files: boolean;
}

export interface Completed {
  /** What each command does, in a few words. */
  readonly summaries: Readonly<Record<string, string>>;
  /** The help of one of them. */
  readonly helpOf: (name: string) => Promise<string>;
}

const NOTHING: NextWords = { words: [], files: false };
const FILES: NextWords = { words: [], files: true };
const GLOBAL: readonly NextWord[] = [
  { word: '--help', about: 'list the commands' },
  { word: '--version', about: 'show the version' },
];

/** @param typed what stands behind `portcullis`; the last of it is the word that is being typed, and may be empty. */
export async function wordsFor(
  { summaries, helpOf }: Completed,
  typed: readonly string[],
): Promise<NextWords> {
  const [name = '', ...rest] = typed;
  const current = rest.at(-1);
  if (current === undefined) {
    const commands = Object.entries(summaries).map(([word, about]) => ({ word, about }));
    return startingWith(name, [...commands, ...(name.startsWith('-') ? GLOBAL : [])]);
  }
  if (!Object.hasOwn(summaries, name)) return NOTHING;
  const help = await helpOf(name);
  const options = optionsOf(help);
  const before = options.find(({ names }) => names.includes(rest.at(-2) ?? ''));
  if (before?.value !== undefined) return valuesOf(before.value, current);
  if (current.startsWith('-')) return startingWith(current, options.flatMap(longest));
  const operand = operandOf(help);
  return operand === undefined ? NOTHING : valuesOf(operand, current);
}

function valuesOf(value: HelpValue, current: string): NextWords {
  switch (value.kind) {
    case 'file':
      return FILES;
    case 'words':
      return startingWith(
        current,
        value.words.map((word) => ({ word, about: '' })),
      );
    case 'text':
      return NOTHING;
  }
}

/** One name of an option is enough: the one that says what it is. */
const longest = ({ names, about }: HelpOption): readonly NextWord[] =>
  names.slice(-1).map((word) => ({ word, about }));

const startingWith = (start: string, words: readonly NextWord[]): NextWords => ({
  words: words.filter(({ word }) => word.startsWith(start)),
  files: false,
});
