/** Arguments of a command, read strictly: whatever is wrong with them is a usage error in one line. */

import type { ParseArgsConfig } from 'node:util';
import { parseStrictly, usage } from '../process/flags.ts';

export interface Arguments<O extends string, S extends string = never> {
  /** Every value that an option was given, in order. */
  readonly all: (option: O) => readonly string[];
  /** Its one value, or undefined; given twice, it is a usage error. */
  readonly one: (option: O) => string | undefined;
  /** Whether the switch is given. */
  readonly has: (name: S) => boolean;
  readonly positionals: readonly string[];
  readonly help: boolean;
}

/** `options` take a value each, `switches` none: name → its one-letter form, or none. */
export function readArguments<O extends string, S extends string = never>(
  command: string,
  args: readonly string[],
  options: Readonly<Record<O, string | undefined>>,
  switches?: Readonly<Record<S, string | undefined>>,
): Arguments<O, S> {
  const config: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } };
  for (const [name, short] of Object.entries<string | undefined>(options)) {
    config[name] = { type: 'string', multiple: true, ...(short !== undefined && { short }) };
  }
  for (const [name, short] of Object.entries<string | undefined>(switches ?? {})) {
    config[name] = { type: 'boolean', ...(short !== undefined && { short }) };
  }
  const { values, positionals } = parseStrictly(command, {
    args: [...args],
    options: config,
    strict: true,
    allowPositionals: true,
  });
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
    has: (name) => values[name] === true,
    positionals,
    help: values.help === true,
  };
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
