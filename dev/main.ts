/** What `make run` and `make demo` have in common: failures in plain words, and an end that leaves nothing. */

import { PlaygroundError } from './playground.ts';

/** Envoy's port, unless the environment names another: `make run PORTCULLIS_PORT=8081`. */
const DEFAULT_PORT = 8080;

/** The port that Envoy shall listen on; 0 = any that is free. @param command what was typed, for the message. */
export function portFromEnvironment(value: string | undefined, command: string): number {
  if (value === undefined || value === '') return DEFAULT_PORT;
  const port = Number(value);
  if (/^\d+$/.test(value) && port <= 65_535) return port;
  throw new PlaygroundError(
    `PORTCULLIS_PORT is "${value}", which is no port. Give a number up to 65535: ${command} PORTCULLIS_PORT=8081`,
  );
}

/** Runs a program to its exit code. What is the machine's fault is said in one line. */
export async function main(program: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await program();
  } catch (error) {
    if (!(error instanceof PlaygroundError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** Settles at Ctrl-C, at a request to end, or when the terminal closes. */
export function interrupted(): Promise<'interrupted'> {
  const { promise, resolve } = Promise.withResolvers<'interrupted'>();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => resolve('interrupted'));
  return promise;
}
