/** A clock for tests: it does not move by itself. When a test moves it, it calls what is due at once. */

import type { Clock } from '../clock.ts';

export interface ManualClock extends Clock {
  /** Milliseconds from now at which each waiting timer is due, in order. */
  due(): readonly number[];
  /** Moves on, and calls what is due on the way, in order. */
  advance(milliseconds: number): void;
  /** Sets the clock of the day on or back, or suspends the machine: no timer comes nearer by it. */
  jump(milliseconds: number): void;
  /** The thread computes so long, while time goes on. */
  compute(milliseconds: number): void;
  /** Milliseconds for which the thread has computed. */
  threadTime(): number;
}

/** `start` in milliseconds since 1970. */
export function manualClock(start = 1_800_000_000_000): ManualClock {
  let passed = 0;
  let jumped = 0;
  let computed = 0;
  const waiting = new Set<{ readonly at: number; readonly call: () => void }>();
  const inOrder = () => [...waiting].sort((one, other) => one.at - other.at);
  const now = () => start + passed + jumped;
  const advance = (milliseconds: number): void => {
    const end = passed + milliseconds;
    for (let [next] = inOrder(); next !== undefined && next.at <= end; [next] = inOrder()) {
      waiting.delete(next);
      passed = next.at;
      next.call();
    }
    passed = end;
  };
  return {
    now,
    seconds: () => now() / 1000,
    monotonic: () => passed,
    threadTime: () => computed,
    after(milliseconds, call) {
      const entry = { at: passed + milliseconds, call };
      waiting.add(entry);
      return () => waiting.delete(entry);
    },
    due: () => inOrder().map(({ at }) => at - passed),
    advance,
    jump(milliseconds) {
      jumped += milliseconds;
    },
    compute(milliseconds) {
      computed += milliseconds;
      advance(milliseconds);
    },
  };
}
