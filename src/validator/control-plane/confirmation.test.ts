import { describe, expect, it } from 'vitest';
import { manualClock } from '../../base/testing/manual-clock.ts';
import { createConfirmation } from './confirmation.ts';

const MAX_STALE = 3600;

function setUp() {
  const clock = manualClock();
  let expiries = 0;
  const confirmation = createConfirmation(clock, MAX_STALE, () => void expiries++);
  return {
    clock,
    confirmation,
    set: (seconds: number) => clock.jump(seconds * 1000),
    /** In steps, as time comes. */
    pass: (seconds: number) => {
      for (let passed = 0; passed < seconds; passed++) clock.advance(1000);
    },
    expiries: () => expiries,
  };
}

describe('a confirmation', () => {
  it('is never fresh before there is one', () => {
    expect(setUp().confirmation.isFresh()).toBe(false);
  });

  it('has an age from the first on, which a clock that is set back does not take away', () => {
    const { confirmation, pass, set } = setUp();
    expect(confirmation.age()).toBeUndefined();
    confirmation.confirm();
    pass(90);
    set(-1000);
    expect(confirmation.age()).toBe(90);
    confirmation.confirm();
    expect(confirmation.age()).toBe(0);
  });

  it('runs out once, and comes back with the next', () => {
    const { confirmation, pass, expiries } = setUp();
    confirmation.confirm();
    pass(MAX_STALE);
    expect([confirmation.isFresh(), expiries()]).toEqual([true, 0]);
    pass(1);
    expect([confirmation.isFresh(), expiries()]).toEqual([false, 1]);
    pass(MAX_STALE);
    expect(expiries()).toBe(1);
    confirmation.confirm();
    expect(confirmation.isFresh()).toBe(true);
    pass(MAX_STALE + 1);
    expect(expiries()).toBe(2);
  });

  it('is put off by each further one', () => {
    const { confirmation, pass, expiries } = setUp();
    for (let times = 0; times < 5; times++) {
      confirmation.confirm();
      pass(MAX_STALE - 1);
    }
    expect(expiries()).toBe(0);
  });

  it('of before the start counts from then', () => {
    const { clock, confirmation, pass, expiries } = setUp();
    confirmation.confirm(clock.seconds() - MAX_STALE + 10);
    pass(10);
    expect([confirmation.isFresh(), expiries()]).toEqual([true, 0]);
    pass(1);
    expect(expiries()).toBe(1);
  });

  it('of long before the start has run out at once', () => {
    const { clock, confirmation, expiries } = setUp();
    confirmation.confirm(clock.seconds() - MAX_STALE - 1);
    expect([confirmation.isFresh(), expiries()]).toEqual([false, 1]);
  });

  it('in the future is of now', () => {
    const { clock, confirmation, pass, expiries } = setUp();
    confirmation.confirm(clock.seconds() + 10 * MAX_STALE);
    pass(MAX_STALE + 1);
    expect(expiries()).toBe(1);
  });

  it('is not made younger by a clock that is set back', () => {
    const { confirmation, pass, set, expiries } = setUp();
    confirmation.confirm();
    set(-MAX_STALE);
    pass(MAX_STALE + 1);
    expect([confirmation.isFresh(), expiries()]).toEqual([false, 1]);
  });

  it('is looked at every half a minute, should the machine have been suspended', () => {
    const { confirmation, pass, set, expiries } = setUp();
    confirmation.confirm();
    set(MAX_STALE);
    pass(31);
    expect([confirmation.isFresh(), expiries()]).toEqual([false, 1]);
  });

  it('is watched no more after a stop', () => {
    const { clock, confirmation } = setUp();
    confirmation.confirm();
    confirmation.stop();
    expect(clock.due().length).toBe(0);
  });
});
