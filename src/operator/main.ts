/** The program `portcullis operator`. */

import { systemTime } from '../kubernetes/time.ts';
import { describeBug } from '../process/bug.ts';
import { StartError } from '../process/start-error.ts';
import { createLog } from '../telemetry/log.ts';
import { VERSION } from '../telemetry/version.ts';
import { startOperator } from './operator.ts';
import { OPERATOR_HELP, readOptions } from './options.ts';

/** Runs until a signal comes. `args` is what follows the command's name. */
async function main(args: readonly string[]): Promise<void> {
  const line = readOptions(args);
  if (line.kind !== 'run') {
    process.stdout.write(line.kind === 'help' ? OPERATOR_HELP : `${VERSION}\n`);
    return;
  }
  const log = createLog();
  process.on('uncaughtException', (error) => {
    log.error('Ended after an unexpected error, please report this as a bug', describeBug(error));
    void log.flush().then(() => process.exit(1));
  });
  const signalled = new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, resolve);
  });
  const operator = await startOperator(line.options, {
    ...{ log, time: systemTime, random: Math.random },
    environment: process.env,
  });
  const signal = await signalled;
  log.info('Shutting down', { signal });
  await operator.stop();
  await log.flush();
  process.exit(0);
}

main(process.argv.slice(3)).catch((error: unknown) => {
  const problem = error instanceof StartError ? error.message : JSON.stringify(describeBug(error));
  process.stderr.write(`portcullis: ${problem.replaceAll(/\s*\n\s*/g, ' ')}\n`);
  process.exit(error instanceof StartError ? error.exitCode : 1);
});
