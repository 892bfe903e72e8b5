/** Notes when the control plane last confirmed the policy, and calls back when that is too long ago. */

import type { Clock } from '../../base/clock.ts';

export interface Confirmation {
  /** Notes that the policy was confirmed at that time; absent = now. In Unix seconds. */
  confirm(at?: number): void;
  isFresh(): boolean;
  /** Seconds since it was confirmed; undefined before it was. */
  age(): number | undefined;
  stop(): void;
}

/** Milliseconds. Timers do not follow a clock that is set on, or a suspended machine, so the clock is read this often. */
const LONGEST_NAP = 30_000;

/** @param maxStale in seconds. `onExpired` is called once after each time that it ran out. */
export function createConfirmation(clock: Clock, maxStale: number, onExpired: () => void): Confirmation {
  let confirmed: { readonly at: number; readonly age: number; readonly elapsed: number } | undefined;
  let cancel = () => {};

  /** The age in seconds. It does not shrink when the clock is set back. */
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
