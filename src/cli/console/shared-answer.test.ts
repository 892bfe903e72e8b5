import { expect, it } from 'vitest';
import { manualClock } from '../../base/testing/manual-clock.ts';
import { sharedAnswer } from './shared-answer.ts';

function setUp(life = { least: 5000, times: 10, most: 60_000 }) {
  const clock = manualClock();
  const waiting: PromiseWithResolvers<number>[] = [];
  const ask = sharedAnswer(
    () => {
      const answer = Promise.withResolvers<number>();
      waiting.push(answer);
      return answer.promise;
    },
    life,
    clock,
  );
  return { clock, waiting, ask };
}

it('is made once for all who ask meanwhile, and kept for a while', async () => {
  const { clock, waiting, ask } = setUp();
  const all = Array.from({ length: 50 }, () => ask());
  expect(waiting).toHaveLength(1);
  waiting[0]?.resolve(1);
  expect(new Set(await Promise.all(all))).toEqual(new Set([1]));
  clock.advance(4999);
  expect(await ask()).toBe(1);
  clock.advance(1);
  const next = ask();
  expect(waiting).toHaveLength(2);
  waiting[1]?.resolve(2);
  expect(await next).toBe(2);
});

it.each([
  [1000, 10_000],
  [30_000, 60_000],
])('one that took %i ms is kept for %i ms', async (took, kept) => {
  const { clock, waiting, ask } = setUp();
  const first = ask();
  clock.advance(took);
  waiting[0]?.resolve(1);
  await first;
  clock.advance(kept - 1);
  void ask();
  expect(waiting).toHaveLength(1);
  clock.advance(1);
  void ask();
  expect(waiting).toHaveLength(2);
});

it('one that fails is not kept', async () => {
  const { waiting, ask } = setUp();
  const first = ask();
  waiting[0]?.reject(new Error('no'));
  await expect(first).rejects.toThrow('no');
  void ask();
  expect(waiting).toHaveLength(2);
});
