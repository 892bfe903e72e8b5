import { expect, it } from 'vitest';
import { mapAtOnce } from './at-once.ts';

it('has no more under way than it may, and keeps the order', async () => {
  let running = 0;
  let most = 0;
  const results = await mapAtOnce([5, 1, 4, 2, 3], 2, async (item) => {
    running += 1;
    most = Math.max(most, running);
    for (let turn = 0; turn < item; turn += 1) await Promise.resolve();
    running -= 1;
    return item * 10;
  });
  expect(results).toEqual([50, 10, 40, 20, 30]);
  expect(most).toBe(2);
});

it('has nothing to do for no items, and rejects with the first rejection', async () => {
  expect(await mapAtOnce([], 4, () => Promise.resolve(1))).toEqual([]);
  await expect(mapAtOnce([1, 2], 1, (item) => Promise.reject(new Error(`${item}`)))).rejects.toThrow('1');
});
