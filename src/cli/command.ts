/** A command: arguments in, text and an exit code out. What it needs of the process is passed in. */

import { constants } from 'node:buffer';
import { readBytes } from '../base/bytes.ts';
import { oneLine } from '../base/text.ts';
import { describeBug } from '../process/bug.ts';
import { StartError } from '../process/start-error.ts';

export interface CommandSurroundings {
  /** All of standard input. */
  readonly stdin: () => Promise<Uint8Array>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Proxy variables are looked up here. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Unix seconds. */
  readonly now: number;
  /** Which of the two outputs somebody reads as it is written. */
  readonly isTerminal: { readonly out: boolean; readonly err: boolean };
}

/** Resolves with the exit code; rejects with a StartError that carries its own. */
export type Command = (args: readonly string[], surroundings: CommandSurroundings) => Promise<number>;

const FAILED = 1;
/** Bytes: longer than this, standard input is no text that Node.js can hold. */
const MOST_INPUT = constants.MAX_STRING_LENGTH;

/** Runs a command with what follows its name. */
export async function runCommand(command: Command): Promise<void> {
  // Until the command has ended well, its end is a failure, also where the reader of our output goes away.
  process.exitCode = FAILED;
  process.stdout.on('error', () => process.exit());
  const err = (text: string) => void process.stderr.write(text);
  try {
    process.exitCode = await command(process.argv.slice(3), {
      stdin: readStdin,
      out: (text) => void process.stdout.write(text),
      err,
      environment: process.env,
      now: Date.now() / 1000,
      isTerminal: { out: process.stdout.isTTY === true, err: process.stderr.isTTY === true },
    });
  } catch (error) {
    const isOurs = error instanceof StartError;
    const problem = isOurs
      ? error.message
      : `unexpected error, please report this as a bug: ${JSON.stringify(describeBug(error))}`;
    err(`portcullis: ${oneLine(problem)}\n`);
    process.exitCode = isOurs ? error.exitCode : FAILED;
  }
}

async function readStdin(): Promise<Uint8Array> {
  const bytes = await readBytes(process.stdin as AsyncIterable<Uint8Array>, MOST_INPUT);
  if (bytes === undefined) throw new StartError(`standard input has more than ${MOST_INPUT} bytes.`);
  return bytes;
}
