/** A log that a program writes to and a measurement reads, so that it knows how far the program is. */

import type { Log, LogFields } from '../../src/telemetry/log.ts';

export interface Logged {
  readonly message: string;
  readonly fields: LogFields;
}

export interface WatchedLog extends Log {
  /** The first line that is so, of all lines since the start; waits for it, and throws after a minute. */
  next(isSo: (logged: Logged) => boolean): Promise<Logged>;
  /** Calls back at once with each later line. Returns a function that ends that. */
  onLine(call: (logged: Logged) => void): () => void;
}

const LIMIT = 60_000;

export function watchedLog(): WatchedLog {
  const lines: Logged[] = [];
  const calls = new Set<(logged: Logged) => void>();
  const hear = (message: string, fields: LogFields = {}): void => {
    lines.push({ message, fields });
    for (const call of [...calls]) call({ message, fields });
  };
  const onLine: WatchedLog['onLine'] = (call) => {
    calls.add(call);
    return () => void calls.delete(call);
  };
  return {
    info: hear,
    warn: hear,
    error: hear,
    flush: async () => {},
    onLine,
    next(isSo) {
      const { promise, resolve, reject } = Promise.withResolvers<Logged>();
      const found = lines.find(isSo);
      if (found !== undefined) return Promise.resolve(found);
      const leave = onLine((logged) => {
        if (isSo(logged)) resolve(logged);
      });
      const last = (): string =>
        lines
          .slice(-5)
          .map((logged) => JSON.stringify(logged))
          .join('\n');
      const timer = setTimeout(() => reject(new Error(`not within a minute; last lines:\n${last()}`)), LIMIT);
      return promise.finally(() => {
        leave();
        clearTimeout(timer);
      });
    },
  };
}
