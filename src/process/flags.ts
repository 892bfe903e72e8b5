/** What the command lines of our programs have in common: flags read strictly, addresses and lists. */

import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { type Address, parseAddress } from './address.ts';
import { UsageError } from './start-error.ts';

/** The flags' values. Throws a UsageError that names the command's help. */
export function readFlags<const T extends ParseArgsOptionsConfig>(
  command: string,
  args: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(`${firstSentence(error)} See portcullis ${command} --help.`);
  }
}

/** The library goes on with advice about positional arguments, of which there are none. */
function firstSentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const [first = ''] = text.split(/\n|\. /, 1);
  return first.endsWith('.') ? first : `${first}.`;
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
