/** Whether checks wait: more than a few of the last second's waited longer than they should. */

export interface Lateness {
  /** One check's turn came after so many milliseconds. */
  note(waited: number): void;
  isLate(): boolean;
}

/** Milliseconds that a check may wait for its turn. */
export const ON_TIME = 2;
/** The share of checks that may be late: a percentile's worth of them, and some for the system's own pauses. */
const MAX_LATE = 0.05;
/** Milliseconds in which what was noted loses half of its weight. */
const HALF_LIFE = 500;

/** `elapsed` in milliseconds on a clock that is never set back. */
export function createLateness(elapsed: () => number): Lateness {
  let all = 0;
  let late = 0;
  let at = elapsed();
  const age = (): void => {
    const now = elapsed();
    if (now === at) return;
    const kept = 0.5 ** ((now - at) / HALF_LIFE);
    all *= kept;
    late *= kept;
    at = now;
  };
  return {
    note: (waited) => {
      age();
      all += 1;
      if (waited > ON_TIME) late += 1;
    },
    isLate: () => {
      age();
      // Less than half a check is none that anybody has been waiting with.
      return late > 0.5 && late > MAX_LATE * all;
    },
  };
}
