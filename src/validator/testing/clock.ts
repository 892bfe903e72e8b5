/** A clock that stands still until a test moves it. */

import type { Clock } from '../clock.ts';

export interface ManualClock extends Clock {
  /** Moves on, and calls back whoever is due meanwhile. */
  advance(milliseconds: number): void;
  /** The thread computes so long, while time goes on. */
  compute(milliseconds: number): void;
  /** Timers that wait. */
  readonly pending: number;
}

/** `start` in Unix seconds. */
export function manualClock(start = 1_800_000_000): ManualClock {
  let passed = 0;
  let computed = 0;
  const timers = new Set<{ readonly due: number; readonly callback: () => void }>();
  const clock: ManualClock = {
    now: () => start + passed / 1000,
    elapsed: () => passed,
    threadTime: () => computed,
    after: (milliseconds, callback) => {
      const timer = { due: passed + milliseconds, callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance: (milliseconds) => {
      passed += milliseconds;
      for (const timer of [...timers].sort((a, b) => a.due - b.due)) {
        if (timer.due > passed || !timers.delete(timer)) continue;
        timer.callback();
      }
    },
    compute: (milliseconds) => {
      computed += milliseconds;
      clock.advance(milliseconds);
    },
    get pending() {
      return timers.size;
    },
  };
  return clock;
}
