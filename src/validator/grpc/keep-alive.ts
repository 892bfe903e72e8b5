/** Pings quiet connections, and ends those that do not answer. */

import type { Clock } from '../../base/clock.ts';

/** Milliseconds between an answer and the next question, and for the answer to come. */
export const PROBE_INTERVAL = 60_000;
export const PROBE_TIMEOUT = 20_000;

interface Pinged {
  readonly destroyed: boolean;
  destroy(): void;
  once(event: 'close', call: () => void): unknown;
  ping(callback: (error: Error | null) => void): boolean;
}

export function keepAlive(session: Pinged, clock: Pick<Clock, 'after'>): void {
  const probe = (): void => {
    if (session.destroyed) return;
    cancel = clock.after(PROBE_TIMEOUT, () => session.destroy());
    session.ping((error) => {
      cancel();
      if (session.destroyed) return;
      if (error === null) cancel = clock.after(PROBE_INTERVAL, probe);
      else session.destroy();
    });
  };
  let cancel = clock.after(PROBE_INTERVAL, probe);
  session.once('close', () => cancel());
}
