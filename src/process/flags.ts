/** What the command lines of our programs have in common: flags read strictly, addresses and lists. */

import { type ParseArgsConfig, type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { type Address, parseAddress } from './address.ts';
import { UsageError } from './start-error.ts';

/** The values of a command that takes flags alone; of one that is given twice the last. Throws a UsageError. */
export function readFlags<const T extends ParseArgsOptionsConfig>(
  command: string,
  args: readonly string[],
  options: T,
) {
  return parseStrictly(command, { args: [...args], options, strict: true, allowPositionals: false }).values;
}

/** Throws a UsageError where `parseArgs` throws. */
export function parseStrictly<const T extends ParseArgsConfig>(command: string, config: T) {
  try {
    return parseArgs(config);
  } catch (error) {
    // The library goes on with advice that does not fit every command.
    const text = error instanceof Error ? error.message : String(error);
    const [first = ''] = text.split(/\n|\. /, 1);
    throw usage(command, first.endsWith('.') ? first : `${first}.`);
  }
}

export function usage(command: string, problem: string): UsageError {
  return new UsageError(`${problem} See portcullis ${command} --help.`);
}

/** Throws a UsageError. */
export function addressFlag(flag: string, text: string): Address {
  const parsed = parseAddress(text);
  if (parsed.kind === 'refused') throw new UsageError(`--${flag} ${parsed.problem}.`);
  return parsed.address;
}

/** Comma-separated, without empty items. */
export function listFlag(text: string | undefined): readonly string[] | undefined {
  return text
    ?.split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
