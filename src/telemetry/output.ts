/** Writes log lines to a pipe. A reader that stalls delays neither a check nor the end of the process. */

import type { Writable } from 'node:stream';

/** Where the lines go. */
export interface LogOutput {
  write(line: string): void;
  /** Resolves when what was written is out, or is not going to be. */
  flush?(): Promise<void>;
}

/** A collector that does not read costs at most this much memory; beyond it lines are lost. In bytes. */
export const MAX_BUFFERED = 4 * 1024 * 1024;
/** Milliseconds that a reader has at the end: of the five seconds of a shutdown, three may be gone by then. */
const LAST_CHANCE = 500;

/** `stream` must be one that does not block: a thread that waits in a system call cannot be ended. */
export function pipeOutput(stream: Writable): LogOutput {
  // A reader that went away is no reason to stop guarding.
  stream.on('error', () => {});
  return {
    write: (line) => {
      if (stream.writableLength + line.length <= MAX_BUFFERED) stream.write(line);
    },
    flush: () =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, LAST_CHANCE);
        stream.write('', () => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
}
