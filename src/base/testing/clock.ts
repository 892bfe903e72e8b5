/** For tests: clocks that stand still until they are moved, and the timers that hang on them. */

import type { Clock } from '../clock.ts';

export interface FakeClock extends Clock {
  /** Milliseconds from now at which each waiting timer is due, in order. */
  due(): readonly number[];
  /** Moves both clocks and calls what is due on the way, in order, waiting for what that sets off. */
  advance(milliseconds: number): Promise<void>;
  /** Sets the clock of the day on or back, or suspends the machine: no timer comes nearer by it. */
  jump(milliseconds: number): void;
}

interface Waiting {
  readonly at: number;
  readonly call: () => void;
}

export function fakeClock(start = Date.parse('2026-11-23T12:00:00Z')): FakeClock {
  let monotonic = 1000;
  let offset = start - monotonic;
  const waiting = new Set<Waiting>();
  const inOrder = () => [...waiting].sort((one, other) => one.at - other.at);
  return {
    now: () => offset + monotonic,
    seconds: () => (offset + monotonic) / 1000,
    monotonic: () => monotonic,
    after(milliseconds, call) {
      const entry = { at: monotonic + milliseconds, call };
      waiting.add(entry);
      return () => waiting.delete(entry);
    },
    due: () => inOrder().map(({ at }) => at - monotonic),
    async advance(milliseconds) {
      const end = monotonic + milliseconds;
      await settle();
      for (let [next] = inOrder(); next !== undefined && next.at <= end; [next] = inOrder()) {
        waiting.delete(next);
        monotonic = Math.max(monotonic, next.at);
        next.call();
        await settle();
      }
      monotonic = end;
      await settle();
    },
    jump(milliseconds) {
      offset += milliseconds;
    },
  };
}

/** Lets everything run that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
