/** Structured logs: one JSON object a line on standard output, in pino's own shape. The only file that knows pino. */

import { fstatSync } from 'node:fs';
import { destination, pino, stdTimeFunctions } from 'pino';
import { type LogOutput, MAX_BUFFERED, pipeOutput } from './output.ts';

/** What a line says besides its message; never a token, a secret, a cookie or a query. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** Writes out what is still buffered, before the process ends. Waits for no reader, and never rejects. */
  flush(): Promise<void>;
}

/** Its file descriptor. */
const STDOUT = 1;

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
    flush: async () => output.flush?.(),
  };
}

/** Written without waiting, so that a slow reader of the log never holds up a check. */
function standardOutput(): LogOutput {
  const kind = fstatSync(STDOUT);
  return kind.isFIFO() || kind.isSocket() ? pipeOutput(process.stdout) : fileOutput(STDOUT);
}

/** A file or a terminal, which Node.js itself would wait for. */
function fileOutput(fd: number): LogOutput {
  const output = destination({ dest: fd, sync: false, maxLength: MAX_BUFFERED });
  // A full disk is no reason to stop guarding.
  output.on('error', () => {});
  return {
    write: (line) => void output.write(line),
    flush: async () => {
      try {
        output.flushSync();
      } catch {
        // There is no other place to report that the log cannot be written.
      }
    },
  };
}
