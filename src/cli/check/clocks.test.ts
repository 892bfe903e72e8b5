import { expect, it } from 'vitest';
import { keptPod } from '../../cluster/testing/objects.ts';
import { checkClocks, clockDifference, clockPods } from './clocks.ts';

it('asks one ready validator of each node', () => {
  const seen = (id: string, options: Parameters<typeof keptPod>[1]) => ({
    pod: keptPod(id, options),
    imageProblem: undefined,
  });
  const pods = clockPods([
    seen('a/1', { node: 'x' }),
    seen('a/2', { node: 'x' }),
    seen('a/3', { node: 'y' }),
    seen('a/4', { node: 'z', ready: false }),
    seen('a/5', { node: 'w', guarded: false }),
  ]);
  expect(pods).toEqual(['a/2', 'a/3']);
});

it('knows the time by the header of an answer, to a second', () => {
  const date = 'Sun, 29 Nov 2026 12:00:00 GMT';
  const at = Date.parse(date) / 1000;
  expect(clockDifference(date, at + 0.5)).toBe(0);
  expect(clockDifference(date, at - 39.5)).toBe(40);
  expect(clockDifference('soon', at)).toBeUndefined();
  expect(clockDifference(undefined, at)).toBeUndefined();
});

it.each<readonly [string, readonly number[], string]>([
  ['right', [0.4, -3], 'well: those of 2 nodes agree with yours'],
  ['a little off', [0, -12], 'doubtful: Pod a/1 (-12 s): not the time that your clock has'],
  [
    'further off than tokens may be',
    [12, 90],
    'bad: Pods a/0 (12 s), a/1 (90 s): not the time that your clock has',
  ],
])('says of clocks that are %s', (_, differences, expected) => {
  const told = differences.map((value, index) => ({ pod: `a/${index}`, value }));
  expect(checkClocks({ told, silent: [] }).map(({ mark, said }) => `${mark}: ${said}`)).toEqual([expected]);
});

it('names who did not tell, and says nothing where there is nobody', () => {
  const silent = [{ pod: 'a/1', why: 'forbidden' }];
  expect(checkClocks({ told: [], silent })).toMatchObject([{ mark: 'unknown' }]);
  expect(checkClocks({ told: [], silent: [] })).toEqual([]);
});
