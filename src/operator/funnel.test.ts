import { expect, it } from 'vitest';
import { fakeClock } from '../base/testing/clock.ts';
import { createFunnel } from './funnel.ts';

function funnel(onTake = (_: readonly number[]) => {}) {
  const clock = fakeClock();
  const taken: (readonly number[])[] = [];
  const made = createFunnel<number>(clock, 5, (items) => {
    taken.push(items);
    onTake(items);
  });
  return { clock, taken, made };
}

it('takes out together what comes within a moment', async () => {
  const { clock, taken, made } = funnel();
  made.put([1]);
  made.put([2, 3]);
  await clock.advance(4);
  expect(taken).toEqual([]);
  made.put([4]);
  await clock.advance(1);
  made.put([5]);
  await clock.advance(5);
  expect(taken).toEqual([[1, 2, 3, 4], [5]]);
});

it('takes out at once when asked to, and nothing twice', async () => {
  const { clock, taken, made } = funnel();
  made.flush();
  made.put([1]);
  made.flush();
  await clock.advance(10);
  expect(taken).toEqual([[1]]);
  expect(clock.due()).toEqual([]);
});

it('takes out what is put in meanwhile afterwards, never within', () => {
  const { taken, made } = funnel(([item = 0]) => {
    if (item < 3) {
      made.put([item + 1]);
      made.flush();
    }
    expect(taken.at(-1)).toEqual([item]);
  });
  made.put([1]);
  made.flush();
  expect(taken).toEqual([[1], [2], [3]]);
});

it('goes on after a mistake of whoever takes', async () => {
  const { clock, taken, made } = funnel(([item]) => {
    if (item === 1) throw new Error('a bug');
  });
  made.put([1]);
  expect(() => made.flush()).toThrow('a bug');
  made.put([2]);
  await clock.advance(5);
  expect(taken).toEqual([[1], [2]]);
});

it('takes out nothing more when it was stopped', async () => {
  const { clock, taken, made } = funnel();
  made.put([1]);
  made.stop();
  made.flush();
  await clock.advance(10);
  expect([taken, clock.due()]).toEqual([[], []]);
});

it('takes as many at once as a large cluster has objects', () => {
  const { taken, made } = funnel();
  made.put(Array.from({ length: 200_000 }, (_, i) => i));
  made.flush();
  expect(taken[0]?.length).toBe(200_000);
});
