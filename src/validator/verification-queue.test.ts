import { describe, expect, test } from 'vitest';
import type { VerificationJob } from '../token/inspect.ts';
import { manualClock } from './testing/clock.ts';
import { createVerificationQueue, type QueueLimits, queueLimits } from './verification-queue.ts';

/** A job is known to the queue by its source alone. */
const job = (uid: string): VerificationJob => ({ source: { policy: { uid } } }) as VerificationJob;

/** A queue whose verifications take two milliseconds each and come out as the test says. */
function setUp(limits: Partial<QueueLimits> = {}) {
  const clock = manualClock();
  const running: { readonly uid: string; readonly end: (isGood: boolean) => void }[] = [];
  const queue = createVerificationQueue(
    { concurrency: 1, waiting: 100, share: 0.1, burst: 100, ...limits },
    {
      elapsed: clock.elapsed,
      verify: (begun) => new Promise((end) => running.push({ uid: begun.source.policy.uid, end })),
    },
  );
  /** How many of so many jobs are taken. */
  const offer = (uid: string, count = 1, namespace = 'shop') => {
    const taken = Array.from({ length: count }, () => queue.submit(job(uid), namespace));
    return taken.filter((promise) => promise !== undefined).length;
  };
  const order: string[] = [];
  /** Ends the verification that runs, and waits until the queue has taken notice. */
  const end = async (isGood: boolean) => {
    const first = running.shift();
    if (first === undefined) throw new Error('nothing runs');
    order.push(first.uid);
    clock.advance(2);
    first.end(isGood);
    await Promise.resolve();
    await Promise.resolve();
  };
  const drain = async (isGood: boolean) => {
    while (running.length > 0) await end(isGood);
  };
  return { clock, queue, running, order, offer, end, drain };
}

test('answers what the verification answered', async () => {
  const { queue, end } = setUp();
  const good = queue.submit(job('a'), 'shop');
  const bad = queue.submit(job('a'), 'shop');
  await end(true);
  await end(false);
  expect(await good).toBe(true);
  expect(await bad).toBe(false);
});

test('runs only so many at once', () => {
  const { running, offer } = setUp({ concurrency: 2 });
  offer('a', 5);
  expect(running).toHaveLength(2);
});

test('takes no more than may wait', async () => {
  const { queue, offer, end } = setUp({ waiting: 3, burst: 1000 });
  const taken = Array.from({ length: 5 }, (_, i) => queue.submit(job(`s${i}`), 'shop'));
  expect(taken.map((promise) => promise !== undefined)).toEqual([true, true, true, true, false]);
  await end(true);
  expect(offer('s9')).toBe(1);
});

test('sources take turns', async () => {
  const { order, offer, drain } = setUp();
  offer('busy', 4);
  offer('quiet', 2);
  await drain(true);
  expect(order.indexOf('quiet')).toBeLessThanOrEqual(2);
  expect(order.lastIndexOf('quiet')).toBeLessThan(order.lastIndexOf('busy'));
});

describe('the budget of a source', () => {
  test('bounds what is outstanding at one time', () => {
    const { offer } = setUp({ burst: 100 });
    // Nothing measured yet: two milliseconds each.
    expect(offer('a', 80)).toBe(50);
    expect(offer('b')).toBe(1);
  });

  test('is used up by bad signatures, and grows back with time', async () => {
    const { clock, offer, drain } = setUp({ burst: 100, share: 0.1 });
    offer('a', 50);
    await drain(false);
    // 100 ms were spent, and a tenth of the time they took has come back.
    expect(offer('a', 50)).toBe(5);
    await drain(false);
    expect(offer('b')).toBe(1);
    clock.advance(1000);
    expect(offer('a')).toBe(1);
  });

  test('is not touched by good ones', async () => {
    const { offer, drain } = setUp({ burst: 100 });
    for (let round = 0; round < 20; round++) {
      expect(offer('a', 40)).toBe(40);
      await drain(true);
    }
  });

  test('lets a flood have no more than its share', async () => {
    const { clock, offer, drain } = setUp({ burst: 100, share: 0.1 });
    let begun = 0;
    // A thousand forged tokens a second, for ten seconds.
    for (let millisecond = 0; millisecond < 10_000; millisecond++) {
      begun += offer('a');
      await drain(false);
      clock.advance(1);
    }
    // 2 ms each: the burst, and a tenth of the time.
    const allowed = (100 + 0.1 * clock.elapsed()) / 2;
    expect(begun).toBeLessThanOrEqual(allowed + 1);
    expect(begun).toBeGreaterThan(allowed * 0.9);
  });

  test('is measured: dearer signatures use it up sooner', async () => {
    const { clock, running, offer } = setUp({ burst: 100 });
    for (let i = 0; i < 20; i++) {
      offer('a');
      clock.advance(20);
      running.shift()?.end(true);
      await Promise.resolve();
      await Promise.resolve();
    }
    expect(offer('a', 50)).toBeLessThan(10);
  });
});

test('leaves one core to the main thread', () => {
  expect([1, 2, 3, 8].map((cores) => queueLimits(cores).concurrency)).toEqual([1, 1, 2, 4]);
});

describe('namespaces', () => {
  test('take turns, however many sources each of them has', async () => {
    const { offer, drain, order } = setUp({ burst: 1000 });
    for (const uid of ['a1', 'a2', 'a3']) offer(uid, 2, 'a');
    offer('b1', 2, 'b');
    await drain(true);
    expect(order).toEqual(['a1', 'a1', 'b1', 'a2', 'b1', 'a3', 'a2', 'a3']);
  });

  test('that share a source do not share its budget', async () => {
    const { offer, drain, queue } = setUp({ burst: 10 });
    for (let i = 0; i < 6; i++) {
      offer('shared', 1, 'a');
      await drain(false);
    }
    expect([offer('shared', 1, 'a'), offer('shared', 1, 'b')]).toEqual([0, 1]);
    expect(queue.submit(job('shared'), 'a')).toBeUndefined();
  });

  test('have a budget for all of their sources', async () => {
    const { offer, drain } = setUp({ burst: 10 });
    for (const uid of ['a1', 'a2', 'a3']) {
      for (let i = 0; i < 5; i++) {
        offer(uid, 1, 'a');
        await drain(false);
      }
    }
    expect([offer('a4', 1, 'a'), offer('b1', 1, 'b')]).toEqual([0, 1]);
  });

  test('with the most jobs give way when all places are taken, to those with fewer', async () => {
    const { queue, offer, drain } = setUp({ waiting: 4, burst: 1000 });
    const crowd = Array.from({ length: 5 }, () => queue.submit(job('a1'), 'a'));
    expect(offer('a1', 1, 'a')).toBe(0);
    const few = [queue.submit(job('b1'), 'b'), queue.submit(job('b1'), 'b')];
    expect(offer('b1', 1, 'b')).toBe(0);
    await drain(true);
    expect(await Promise.all(crowd)).toEqual([true, true, true, undefined, undefined]);
    expect(await Promise.all(few)).toEqual([true, true]);
  });
});
