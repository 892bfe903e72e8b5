/** The program `portcullis validator`: also the entry of its own bundle, so that it starts fast. */

import { describeBug } from '../process/bug.ts';
import { StartError } from '../process/start-error.ts';
import { createLog } from '../telemetry/log.ts';
import { VERSION } from '../telemetry/version.ts';
import { systemClock } from './clock.ts';
import { readOptions, VALIDATOR_HELP } from './options.ts';
import { startValidator } from './service.ts';

/** Runs until a signal comes. `args` is what follows the command's name. */
async function main(args: readonly string[]): Promise<void> {
  const line = readOptions(args);
  if (line.kind !== 'run') {
    process.stdout.write(line.kind === 'help' ? VALIDATOR_HELP : `${VERSION}\n`);
    return;
  }
  const log = createLog();
  process.on('uncaughtException', (error) => {
    log.error('ending after an unexpected error, please report this as a bug', describeBug(error));
    void log.flush().then(() => process.exit(1));
  });
  const signalled = new Promise<NodeJS.Signals>((resolve) => {
    // Whoever sends it twice hurries nobody: the default would end what is in flight.
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, resolve);
  });
  const service = await startValidator(line.options, { log, clock: systemClock, environment: process.env });
  const signal = await signalled;
  log.info('shutting down', { signal });
  await service.stop();
  await log.flush();
  process.exit(0);
}

main(process.argv.slice(3)).catch((error: unknown) => {
  const problem = error instanceof StartError ? error.message : JSON.stringify(describeBug(error));
  process.stderr.write(`portcullis: ${problem.replaceAll(/\s*\n\s*/g, ' ')}\n`);
  process.exit(error instanceof StartError ? error.exitCode : 1);
});
