/** Logs tokens whose user's id cannot be written as text, so that the next claim of the mapping counts: once a minute. */

import type { Clock } from '../base/clock.ts';
import type { LogFields } from '../telemetry/log.ts';

/** `source` is namespace/name. */
export type NoteUnspelt = (source: string, claim: string) => void;

/** Milliseconds between two lines on one claim of one source. */
const INTERVAL = 60_000;
/** The most pairs of source and claim that are remembered. */
const MAX_PLACES = 1000;

export function createUnspeltLog(
  log: { warn(message: string, fields: LogFields): void },
  clock: Pick<Clock, 'monotonic'>,
): NoteUnspelt {
  const logged = new Map<string, number>();
  return (source, claim) => {
    const place = `${source} ${claim}`;
    const now = clock.monotonic();
    const last = logged.get(place);
    if (last !== undefined && now - last < INTERVAL) return;
    if (logged.size >= MAX_PLACES) logged.clear();
    logged.set(place, now);
    log.warn("a user's id cannot be spelt, so the next claim of mapping.user counts", { source, claim });
  };
}
