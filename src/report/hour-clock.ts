/** Says which hour it is now, and when the hours that are remembered began. */

import type { Clock } from '../base/clock.ts';
import { HOURS } from './hours.ts';

/** Milliseconds. */
const HOUR = 3_600_000;

export interface Covered {
  readonly slots: readonly number[];
  /** Milliseconds since 1970: when the first of them began. */
  readonly from: number;
}

export interface HourClock {
  /** The slot of this hour. The first call after an hour has ended calls `onTurn`. */
  slot(): number;
  /** The slots that any of the last so many milliseconds belongs to, the latest first. */
  covering(milliseconds: number): Covered;
}

/**
 * It turns at full hours. Where people set the clock of the day, it goes on by the other one.
 *
 * @param onTurn is told the slot of the hour that begins, whose counts are of the day before.
 */
export function createHourClock(
  { now, monotonic }: Pick<Clock, 'now' | 'monotonic'>,
  onTurn: (slot: number) => void,
): HourClock {
  let slot = 0;
  let turnsAt = monotonic() + HOUR - (now() % HOUR);
  /** By slot, in milliseconds since 1970. */
  const starts: (number | undefined)[] = [now()];

  const turn = (at: number): void => {
    const passed = Math.floor((at - turnsAt) / HOUR) + 1;
    turnsAt += passed * HOUR;
    // When this hour began, by the clock of the day as it goes now.
    const start = now() - (at - (turnsAt - HOUR));
    const turns = Math.min(passed, HOURS);
    for (let left = turns - 1; left >= 0; left--) {
      slot = (slot + 1) % HOURS;
      starts[slot] = start - left * HOUR;
      onTurn(slot);
    }
  };

  const current = (): number => {
    const at = monotonic();
    if (at >= turnsAt) turn(at);
    return slot;
  };

  return {
    slot: current,
    covering(milliseconds) {
      const first = current();
      const earliest = now() - milliseconds;
      const slots = [first];
      let from = starts[first] ?? now();
      for (let age = 1; age < HOURS && from > earliest; age++) {
        const next = (first - age + HOURS) % HOURS;
        const start = starts[next];
        if (start === undefined) break;
        slots.push(next);
        from = start;
      }
      return { slots, from };
    },
  };
}
