/** Whether checks are late: more than a few of the last second's checks waited longer than they should. */

export interface Lateness {
  /** One check's turn came at `now`, after so many milliseconds. */
  note(waited: number, now: number): void;
  isLate(now: number): boolean;
}

/** Milliseconds that a check may wait for its turn. */
export const ON_TIME = 2;
/** The share of checks that may be late: a percentile's worth of them, and some for the system's own pauses. */
const MAX_LATE = 0.05;
/** Milliseconds in which what was noted loses half of its weight. */
const HALF_LIFE = 500;
/** Milliseconds in which it loses next to nothing. */
const STEP = 1;

/** Times are milliseconds on a clock that is never set back. */
export function createLateness(): Lateness {
  let all = 0;
  let late = 0;
  let at = 0;
  const age = (now: number): void => {
    if (now - at < STEP) return;
    const kept = 0.5 ** ((now - at) / HALF_LIFE);
    all *= kept;
    late *= kept;
    at = now;
  };
  return {
    note: (waited, now) => {
      age(now);
      all += 1;
      if (waited > ON_TIME) late += 1;
    },
    isLate: (now) => {
      age(now);
      // A weight of less than half a check comes from long ago.
      return late > 0.5 && late > MAX_LATE * all;
    },
  };
}
