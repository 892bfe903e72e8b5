import { expect, it } from 'vitest';
import { manualClock } from '../base/testing/manual-clock.ts';
import { createLateness, ON_TIME } from './lateness.ts';

function setUp() {
  const clock = manualClock();
  const lateness = createLateness();
  const note = (waited: number, count: number) => {
    for (let i = 0; i < count; i++) lateness.note(waited, clock.monotonic());
  };
  return { clock, note, isLate: () => lateness.isLate(clock.monotonic()) };
}

it('nobody is late while all are on time', () => {
  const { note, isLate } = setUp();
  expect(isLate()).toBe(false);
  note(ON_TIME, 1000);
  expect(isLate()).toBe(false);
});

it('one in twenty may be late, more may not', () => {
  const { note, isLate } = setUp();
  note(0, 950);
  note(ON_TIME + 1, 50);
  expect(isLate()).toBe(false);
  note(ON_TIME + 1, 1);
  expect(isLate()).toBe(true);
});

it('it is over soon after checks are on time again, or do not come any more', () => {
  const { clock, note, isLate } = setUp();
  note(100, 100);
  expect(isLate()).toBe(true);
  clock.advance(500);
  note(0, 2000);
  expect(isLate()).toBe(false);
  note(100, 2000);
  clock.advance(10_000);
  expect(isLate()).toBe(false);
});
