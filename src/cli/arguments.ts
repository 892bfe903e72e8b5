/** Arguments of a command, read strictly: whatever is wrong with them is a usage error in one line. */

import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from '../process/start-error.ts';

export interface Arguments<O extends string> {
  /** Every value that an option was given, in order. */
  readonly all: (option: O) => readonly string[];
  /** Its one value, or undefined; given twice, it is a usage error. */
  readonly one: (option: O) => string | undefined;
  readonly positionals: readonly string[];
  readonly help: boolean;
}

/** `options` take a value each: name → its one-letter form, or none. */
export function readArguments<O extends string>(
  command: string,
  args: readonly string[],
  options: Readonly<Record<O, string | undefined>>,
): Arguments<O> {
  const config: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } };
  for (const [name, short] of Object.entries<string | undefined>(options)) {
    config[name] = { type: 'string', multiple: true, ...(short !== undefined && { short }) };
  }
  const { values, positionals } = parse(command, args, config);
  const all = (option: O): readonly string[] => {
    const given = values[option];
    return Array.isArray(given) ? given.filter((value) => typeof value === 'string') : [];
  };
  return {
    all,
    one: (option) => {
      const given = all(option);
      if (given.length > 1) throw usage(command, `--${option} is given ${given.length} times: give it once.`);
      return given[0];
    },
    positionals,
    help: values.help === true,
  };
}

function parse(command: string, args: readonly string[], options: NonNullable<ParseArgsConfig['options']>) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: true });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const [first = ''] = text.split(/\n|\. /, 1);
    throw usage(command, first.endsWith('.') ? first : `${first}.`);
  }
}

export function usage(command: string, problem: string): UsageError {
  return new UsageError(`${problem} See portcullis ${command} --help.`);
}

/** One of several words; the first of them where none is given. */
export function choice<const W extends string>(
  command: string,
  option: string,
  value: string | undefined,
  words: readonly [W, ...W[]],
): W {
  if (value === undefined) return words[0];
  const word = words.find((candidate) => candidate === value);
  if (word === undefined) {
    throw usage(command, `--${option} is ${words.join(', ')}, not ${JSON.stringify(value)}.`);
  }
  return word;
}
