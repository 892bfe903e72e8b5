/** A program that runs until a signal comes: its command line, its log, its end and its exit code. */

import { createLog, type Log } from '../telemetry/log.ts';
import { VERSION } from '../telemetry/version.ts';
import { describeBug } from './bug.ts';
import { endProcess } from './end.ts';
import { StartError } from './start-error.ts';

export interface ServerProgram<O> {
  readonly help: string;
  /** Reads what follows the command's name. Throws a UsageError. */
  readOptions(
    args: readonly string[],
  ): { readonly kind: 'run'; readonly options: O } | { readonly kind: 'help' | 'version' };
  /** Rejects with a StartError where it cannot start. */
  start(options: O, log: Log): Promise<{ stop(): Promise<void> }>;
}

/** Ends with 0 after a signal, with a StartError's own code, and with 1 after a bug. */
export function runProgram<O>(program: ServerProgram<O>): void {
  run(program, process.argv.slice(3)).catch((error: unknown) => {
    const problem = error instanceof StartError ? error.message : JSON.stringify(describeBug(error));
    process.stderr.write(`portcullis: ${problem.replaceAll(/\s*\n\s*/g, ' ')}\n`);
    process.exit(error instanceof StartError ? error.exitCode : 1);
  });
}

async function run<O>(
  { help, readOptions, start }: ServerProgram<O>,
  args: readonly string[],
): Promise<void> {
  const line = readOptions(args);
  if (line.kind !== 'run') {
    process.stdout.write(line.kind === 'help' ? help : `${VERSION}\n`);
    return;
  }
  const log = createLog();
  process.on('uncaughtException', (error) => {
    log.error('ending after an unexpected error, please report this as a bug', describeBug(error));
    void log.flush().then(() => endProcess(1));
  });
  const signalled = new Promise<NodeJS.Signals>((resolve) => {
    // The listeners stay: by default a second signal would end the process with requests in flight.
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, resolve);
  });
  const service = await start(line.options, log);
  const signal = await signalled;
  log.info('shutting down', { signal });
  await service.stop();
  await log.flush();
  endProcess(0);
}
