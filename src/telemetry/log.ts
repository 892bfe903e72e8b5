/** Structured logs: one JSON object a line on standard output, in pino's own shape. The only file that knows pino. */

import { destination, pino, stdTimeFunctions } from 'pino';

/** What a line says besides its message; never a token, a secret, a cookie or a query. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** Writes out what is still buffered, before the process ends. */
  flush(): void;
}

/** Where the lines go. */
export interface LogOutput {
  write(line: string): void;
  flushSync?(): void;
}

/** A collector that does not read costs at most this much memory; beyond it lines are lost. In bytes. */
const MAX_BUFFERED = 4 * 1024 * 1024;

/** Lines go to standard output unless tests name another place. */
export function createLog(output: LogOutput = standardOutput()): Log {
  const logger = pino(
    {
      base: null,
      timestamp: stdTimeFunctions.isoTime,
    },
    output,
  );
  return {
    info: (message, fields) => logger.info(fields ?? {}, message),
    warn: (message, fields) => logger.warn(fields ?? {}, message),
    error: (message, fields) => logger.error(fields ?? {}, message),
    flush: () => flushQuietly(output),
  };
}

/** Written without waiting, so that a slow reader of the log never holds up a check. */
function standardOutput(): LogOutput {
  const output = destination({ dest: 1, sync: false, maxLength: MAX_BUFFERED });
  // A reader that went away is no reason to stop guarding.
  output.on('error', () => {});
  return output;
}

function flushQuietly(output: LogOutput): void {
  try {
    output.flushSync?.();
  } catch {
    // Nobody is left to be told that the log cannot be written.
  }
}
