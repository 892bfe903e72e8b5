import { describe, expect, it } from 'vitest';
import { by, job, setUpQueue as setUp } from './testing/verification-queue.ts';
import { queueLimits } from './verification-queue.ts';

it('answers what the verification answered', async () => {
  const { queue, end } = setUp();
  const good = queue.submit(job('a'), by('a'));
  const bad = queue.submit(job('a'), by('a'));
  await end(true);
  await end(false);
  expect(await good).toBe(true);
  expect(await bad).toBe(false);
});

it('runs only so many at once', () => {
  const { running, offer } = setUp({ concurrency: 2 });
  offer('a', 5);
  expect(running).toHaveLength(2);
});

it('takes no more than may wait', async () => {
  const { queue, offer, end } = setUp({ waiting: 3, burst: 1000 });
  const taken = Array.from({ length: 5 }, (_, i) => queue.submit(job(`s${i}`), by(`s${i}`)));
  expect(taken.map((promise) => promise !== 'overloaded')).toEqual([true, true, true, true, false]);
  await end(true);
  expect(offer('s9')).toBe(1);
});

it('sources take turns', async () => {
  const { order, offer, drain } = setUp();
  offer('busy', 4);
  offer('quiet', 2);
  await drain(true);
  expect(order.indexOf('quiet')).toBeLessThanOrEqual(2);
  expect(order.lastIndexOf('quiet')).toBeLessThan(order.lastIndexOf('busy'));
});

describe('the budget of a source, while the main thread is late', () => {
  it('bounds what is outstanding at one time', () => {
    const { offer } = setUp({ burst: 100 });
    // Nothing measured yet: two milliseconds each.
    expect(offer('a', 80)).toBe(50);
    expect(offer('b')).toBe(1);
  });

  it('is used up by bad signatures, and grows back with time', async () => {
    const { main, clock, offer, drain } = setUp({ burst: 100, share: 0.1 });
    main.isLate = true;
    offer('a', 50);
    await drain(false);
    // 100 ms were spent, and a tenth of the time they took has come back.
    expect(offer('a', 50)).toBe(5);
    await drain(false);
    expect(offer('b')).toBe(1);
    clock.advance(1000);
    expect(offer('a')).toBe(1);
  });

  it('is not touched by good ones', async () => {
    const { offer, drain } = setUp({ burst: 100 });
    for (let round = 0; round < 20; round++) {
      expect(offer('a', 40)).toBe(40);
      await drain(true);
    }
  });

  it('lets a flood have no more than its share', async () => {
    const { main, clock, offer, drain } = setUp({ burst: 100, share: 0.1 });
    main.isLate = true;
    let begun = 0;
    // A thousand forged tokens a second, for ten seconds.
    for (let millisecond = 0; millisecond < 10_000; millisecond++) {
      begun += offer('a');
      await drain(false);
      clock.advance(1);
    }
    // 2 ms each: the burst, and a tenth of the time.
    const allowed = (100 + 0.1 * clock.monotonic()) / 2;
    expect(begun).toBeLessThanOrEqual(allowed + 1);
    expect(begun).toBeGreaterThan(allowed * 0.9);
  });

  it('is measured: dearer signatures use it up sooner', async () => {
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

it('leaves one core to the main thread', () => {
  expect([1, 2, 3, 8].map((cores) => queueLimits(cores).concurrency)).toEqual([1, 1, 2, 4]);
});

describe('namespaces', () => {
  it('take turns, however many sources each of them has', async () => {
    const { offer, drain, order } = setUp({ burst: 1000 });
    for (const uid of ['a1', 'a2', 'a3']) offer(uid, 2, 'a');
    offer('b1', 2, 'b');
    await drain(true);
    expect(order).toEqual(['a1', 'a1', 'b1', 'a2', 'b1', 'a3', 'a2', 'a3']);
  });

  it('that share a source do not share its budget', async () => {
    const { main, offer, drain, queue } = setUp({ burst: 10 });
    main.isLate = true;
    for (let i = 0; i < 6; i++) {
      offer('shared', 1, 'a');
      await drain(false);
    }
    expect([offer('shared', 1, 'a'), offer('shared', 1, 'b')]).toEqual([0, 1]);
    expect(queue.submit(job('shared'), by('shared', 'a'))).toBe('overloaded');
  });

  it('have a budget for all of their sources', async () => {
    const { main, offer, drain } = setUp({ burst: 10 });
    main.isLate = true;
    for (const uid of ['a1', 'a2', 'a3']) {
      for (let i = 0; i < 5; i++) {
        offer(uid, 1, 'a');
        await drain(false);
      }
    }
    expect([offer('a4', 1, 'a'), offer('b1', 1, 'b')]).toEqual([0, 1]);
  });

  it('with the most jobs give way when all places are taken, to those with fewer', async () => {
    const { queue, offer, drain } = setUp({ waiting: 4, burst: 1000 });
    const crowd = Array.from({ length: 5 }, () => queue.submit(job('a1'), by('a1', 'a')));
    expect(offer('a1', 1, 'a')).toBe(0);
    const few = [queue.submit(job('b1'), by('b1', 'b')), queue.submit(job('b1'), by('b1', 'b'))];
    expect(offer('b1', 1, 'b')).toBe(0);
    await drain(true);
    expect(await Promise.all(crowd)).toEqual([true, true, true, 'overloaded', 'overloaded']);
    expect(await Promise.all(few)).toEqual([true, true]);
  });
});

describe('signatures for which no request waits', () => {
  const idle = async ({ queue, running, end }: ReturnType<typeof setUp>, isGood: boolean, client = 'c') => {
    const taken = queue.submitIdle(job('a'), by('a', 'shop', client));
    if (taken !== 'overloaded' && running.length > 0) await end(isGood);
    return taken === 'overloaded' ? taken : await taken;
  };

  it('are left out while bad ones of the source have used up what they may take', async () => {
    const world = setUp({ burst: 20, share: 0.1 });
    for (let i = 0; i < 11; i++) expect(await idle(world, false)).toBe(false);
    expect(await idle(world, false)).toBe('overloaded');
    expect(await idle(world, false, 'another')).toBe('overloaded');
    // What was spent for them keeps no request waiting.
    expect(world.offer('a', 1, 'shop', 'c')).toBe(1);
    await world.drain(true);
    world.clock.advance(1000);
    expect(await idle(world, false)).toBe(false);
  });

  it('cost nothing where they are good', async () => {
    const world = setUp({ burst: 20, share: 0.1 });
    for (let i = 0; i < 30; i++) expect(await idle(world, true)).toBe(true);
  });
});
