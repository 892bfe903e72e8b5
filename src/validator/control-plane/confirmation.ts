/** How long ago the control plane last said that the policy is the right one, and when that is too long. */

import type { Clock } from '../../base/clock.ts';

export interface Confirmation {
  /** It was confirmed then; absent = now. In Unix seconds. */
  confirm(at?: number): void;
  isFresh(): boolean;
  /** Seconds since it was confirmed; undefined before it was. */
  age(): number | undefined;
  stop(): void;
}

/** Timers know nothing of a clock that is set on, or of a machine that is suspended: the clock is looked at. */
const LONGEST_NAP = 30_000;

/** @param maxStale in seconds. `onExpired` is called once after each time that it ran out. */
export function createConfirmation(clock: Clock, maxStale: number, onExpired: () => void): Confirmation {
  let confirmed: { readonly at: number; readonly age: number; readonly elapsed: number } | undefined;
  let cancel = () => {};

  /** A clock that is set back makes nothing younger. In seconds. */
  const age = (): number => {
    if (confirmed === undefined) return Number.POSITIVE_INFINITY;
    const { at, age: then, elapsed } = confirmed;
    return Math.max(clock.seconds() - at, then + (clock.monotonic() - elapsed) / 1000);
  };

  const watch = (): void => {
    cancel();
    const rest = (maxStale - age()) * 1000;
    if (rest < 0) onExpired();
    // A moment more, for it is fresh until the very end.
    else cancel = clock.after(Math.min(rest + 1, LONGEST_NAP), watch);
  };

  return {
    confirm: (at = clock.seconds()) => {
      const now = clock.seconds();
      confirmed = { at: Math.min(at, now), age: Math.max(now - at, 0), elapsed: clock.monotonic() };
      watch();
    },
    isFresh: () => age() <= maxStale,
    age: () => (confirmed === undefined ? undefined : age()),
    stop: () => cancel(),
  };
}
