import { describe, expect, it } from 'vitest';
import { by, job, setUpQueue as setUp } from './testing/verification-queue.ts';

describe('clients of one source', () => {
  it('take turns, so that a flood of one delays the others by two jobs', async () => {
    const { queue, offer, running, end } = setUp({ burst: 1000 });
    offer('a', 60, 'shop', 'flood');
    let isSettled = false;
    const honest = queue.submit(job('honest'), by('a', 'shop', 'honest'));
    void Promise.resolve(honest).then(() => {
      isSettled = true;
    });
    await end(false);
    await end(false);
    expect(running.map(({ uid }) => uid)).toEqual(['honest']);
    await end(true);
    await Promise.resolve();
    expect(isSettled).toBe(true);
  });

  it('are taken for as long as nobody else waits, whatever they have spent', async () => {
    const { clock, offer, drain } = setUp({ burst: 100, share: 0.1 });
    let taken = 0;
    // 300 forged tokens a second, for ten seconds: the verifications take 60 % of a core that is idle otherwise.
    for (let millisecond = 0; millisecond < 10_000; millisecond += 3) {
      taken += offer('a', 1, 'shop', 'flood');
      await drain(false);
      clock.advance(1);
    }
    expect(taken).toBe(3334);
    expect([offer('a', 1, 'shop', 'flood'), offer('a', 1, 'shop', 'honest')]).toEqual([1, 1]);
  });

  it('that have spent what they may give way while others wait', async () => {
    const { offer, drain, order, end } = setUp({ burst: 20 });
    for (let i = 0; i < 14; i++) {
      offer('a', 1, 'shop', 'flood');
      await drain(false);
    }
    expect(offer('a', 3, 'shop', 'flood')).toBe(3);
    order.length = 0;
    // One runs and two wait, which have been taken already.
    expect([offer('b', 1, 'shop', 'honest'), offer('c', 1, 'other', 'honest')]).toEqual([1, 1]);
    await end(false);
    expect(offer('a', 1, 'shop', 'flood')).toBe(0);
    await drain(true);
    expect(order.slice(0, 3).sort()).toEqual(['a', 'b', 'c']);
    expect(order.slice(3)).toEqual(['a', 'a']);
  });

  it('with the most jobs give way when all places are taken, first those that have spent what they may', async () => {
    const { queue, offer, drain } = setUp({ waiting: 4, burst: 1000 });
    const many = Array.from({ length: 4 }, () => queue.submit(job('a'), by('a', 'shop', 'many')));
    const some = [queue.submit(job('a'), by('a', 'shop', 'some'))];
    expect(offer('a', 1, 'shop', 'many')).toBe(0);
    const honest = [queue.submit(job('a'), by('a', 'shop', 'honest'))];
    await drain(true);
    expect(await Promise.all(many)).toEqual([true, true, true, 'overloaded']);
    expect(await Promise.all([...some, ...honest])).toEqual([true, true]);
  });

  it('that have spent what they may are the first to give way', async () => {
    const { queue, offer, drain } = setUp({ waiting: 2, burst: 20 });
    offer('a', 1, 'shop', 'flood');
    for (let i = 0; i < 12; i++) {
      await drain(false);
      offer('a', 1, 'shop', 'flood');
    }
    const flood = queue.submit(job('a'), by('a', 'shop', 'flood'));
    const few = Array.from({ length: 2 }, (_, i) => queue.submit(job('b'), by('b', 'shop', `honest${i}`)));
    await drain(true);
    expect(await flood).toBe('overloaded');
    expect(await Promise.all(few)).toEqual([true, true]);
  });

  it('hold no more than a burst each, also where nobody else waits', () => {
    const { offer } = setUp({ burst: 100 });
    expect(offer('a', 80, 'shop', 'one')).toBe(50);
    expect(offer('a', 80, 'shop', 'other')).toBe(50);
  });
});
