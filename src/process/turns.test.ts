import { expect, it } from 'vitest';
import { inTurns, MOST_AT_ONCE } from './turns.ts';

/** The steps that were taken in each turn, as parts of what one turn takes. */
async function turnsOf(parts: readonly number[]): Promise<readonly (readonly number[])[]> {
  const turns: number[][] = [[]];
  function* steps(): Generator<number, string, void> {
    for (const part of parts) {
      turns.at(-1)?.push(part);
      yield part * MOST_AT_ONCE;
    }
    return 'done';
  }
  expect(await inTurns(steps(), async () => void turns.push([]))).toBe('done');
  return turns;
}

it.each([
  [[], [[]]],
  [[0.1, 0.2, 0.3], [[0.1, 0.2, 0.3]]],
  [
    [0.5, 0.5, 0.5],
    [[0.5, 0.5], [0.5]],
  ],
  [
    [5, 0.1, 0.9, 0.1],
    [[5], [0.1, 0.9], [0.1]],
  ],
  [[0, 0, 0.5], [[0, 0, 0.5]]],
])('%j of a turn are done in the turns %j', async (parts, turns) => {
  expect(await turnsOf(parts)).toEqual(turns);
});
