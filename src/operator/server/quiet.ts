/** Limits log lines that any client can cause: each message once a minute, with a count of the others. */

import type { Clock } from '../../base/clock.ts';
import type { Log, LogFields } from '../../telemetry/log.ts';

/** Milliseconds. */
export const INTERVAL = 60_000;

/** `message` is the kind: a fixed text. */
export type QuietLog = (message: string, fields?: LogFields) => void;

export function createQuietLog(log: Pick<Log, 'warn'>, clock: Pick<Clock, 'monotonic'>): QuietLog {
  const kinds = new Map<string, { at: number; unsaid: number }>();
  return (message, fields) => {
    const now = clock.monotonic();
    const kind = kinds.get(message);
    if (kind !== undefined && now - kind.at < INTERVAL) {
      kind.unsaid += 1;
      return;
    }
    kinds.set(message, { at: now, unsaid: 0 });
    log.warn(message, { ...fields, ...(kind !== undefined && kind.unsaid > 0 && { unsaid: kind.unsaid }) });
  };
}
