import { describe, expect, it } from 'vitest';
import { manualClock } from '../base/testing/manual-clock.ts';
import { createBudgets } from './budgets.ts';

/** A binding may take 100 ms at once and a tenth of the thread; nothing up to 1 ms is charged. */
function setUp() {
  const clock = manualClock();
  const budgets = createBudgets({ free: 1, maxCharge: 51, share: 0.1, burst: 100 }, clock.monotonic);
  return { clock, ...budgets };
}

it('a binding that has cost nothing dear is never spent', () => {
  const { charge, isSpent } = setUp();
  for (let i = 0; i < 100_000; i++) charge('a/x', 1);
  expect(isSpent('a/x')).toBe(false);
  expect(isSpent('a/unheard-of')).toBe(false);
});

it('what is dearer than free is paid for, until it is spent, and comes back by its share', () => {
  const { clock, charge, isSpent } = setUp();
  charge('a/x', 51);
  expect(isSpent('a/x')).toBe(false);
  charge('a/x', 51);
  expect(isSpent('a/x')).toBe(true);
  clock.advance(10);
  expect(isSpent('a/x')).toBe(false);
  charge('a/x', 2);
  expect(isSpent('a/x')).toBe(true);
});

it('nobody is further behind than a burst, however much it was', () => {
  const { clock, charge, isSpent } = setUp();
  for (let i = 0; i < 100; i++) charge('a/x', 5000);
  clock.advance(1000);
  expect(isSpent('a/x')).toBe(true);
  clock.advance(10);
  expect(isSpent('a/x')).toBe(false);
});

it('a pause in the middle of a check is not its cost', () => {
  const { charge, isSpent } = setUp();
  charge('a/x', 5000);
  expect(isSpent('a/x')).toBe(false);
});

describe('others', () => {
  it('of the namespace go on while one binding is spent', () => {
    const { charge, isSpent } = setUp();
    for (let i = 0; i < 2; i++) charge('a/x', 51);
    charge('a/y', 21);
    expect([isSpent('a/x'), isSpent('a/y')]).toEqual([true, false]);
  });

  it('of the namespace that take part are refused when the namespace is spent, others are not', () => {
    const { charge, isSpent } = setUp();
    for (const name of ['a/x', 'a/y']) for (let i = 0; i < 2; i++) charge(name, 51);
    charge('a/z', 51);
    charge('a/z', 3);
    charge('a/little', 21);
    charge('b/x', 28);
    expect(['a/z', 'a/little', 'a/nothing', 'b/x'].map(isSpent)).toEqual([true, false, false, false]);
  });

  it('that take part are refused when all together are spent, and those that cost nothing are not', () => {
    const { charge, isSpent } = setUp();
    for (const name of ['a/x', 'b/x', 'c/x']) for (let i = 0; i < 2; i++) charge(name, 51);
    charge('d/x', 51);
    charge('d/x', 11);
    charge('e/x', 11);
    expect(['a/x', 'd/x', 'e/x', 'f/x'].map(isSpent)).toEqual([true, true, false, false]);
  });
});
