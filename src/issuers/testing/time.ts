/** For tests: a clock that stands still until it is moved, and the timers that hang on it. */

import type { Timer } from '../issuer.ts';

export interface FakeTime {
  readonly clock: { now(): number };
  readonly timer: Timer;
  /** Milliseconds from now at which each waiting timer is due, in order. */
  due(): readonly number[];
  /** Moves the clock and calls what is due on the way, in order. */
  advance(milliseconds: number): void;
  /** Sets the clock on or back, or suspends the machine: no timer comes nearer by it. */
  jump(milliseconds: number): void;
}

interface Waiting {
  at: number;
  readonly call: () => void;
}

export function fakeTime(start = Date.parse('2026-11-23T12:00:00Z')): FakeTime {
  let now = start;
  const waiting = new Set<Waiting>();
  const inOrder = () => [...waiting].sort((one, other) => one.at - other.at);
  return {
    clock: { now: () => now },
    timer: {
      set(call, milliseconds) {
        const entry = { at: now + milliseconds, call };
        waiting.add(entry);
        return () => waiting.delete(entry);
      },
    },
    due: () => inOrder().map(({ at }) => at - now),
    advance(milliseconds) {
      const end = now + milliseconds;
      for (let [next] = inOrder(); next !== undefined && next.at <= end; [next] = inOrder()) {
        waiting.delete(next);
        now = next.at;
        next.call();
      }
      now = end;
    },
    jump(milliseconds) {
      now += milliseconds;
      for (const entry of waiting) entry.at += milliseconds;
    },
  };
}
