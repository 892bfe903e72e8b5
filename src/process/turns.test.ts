import { expect, test } from 'vitest';
import { inTurns } from './turns.ts';

async function turnsOf(works: readonly number[], most: number): Promise<readonly (readonly number[])[]> {
  const turns: number[][] = [[]];
  const work = (amount: number) => {
    turns.at(-1)?.push(amount);
    return amount;
  };
  await inTurns(works, most, work, async () => void turns.push([]));
  return turns;
}

test.each([
  [[], [[]]],
  [[1, 2, 3], [[1, 2, 3]]],
  [
    [5, 5, 5],
    [[5, 5], [5]],
  ],
  [
    [50, 1, 9, 1],
    [[50], [1, 9], [1]],
  ],
  [[0, 0, 10], [[0, 0, 10]]],
])('%j is done in the turns %j, of 10 each', async (works, turns) => {
  expect(await turnsOf(works, 10)).toEqual(turns);
});
