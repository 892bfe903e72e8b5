import { expect, it } from 'vitest';
import { linesOf, median, roomSizes } from './rooms.ts';

const lines = (count: number): string => 'a\n'.repeat(count);

it.each([
  [[], 0],
  [[3], 3],
  [[9, 1, 2], 2],
  [[10, 1, 4, 2], 3],
  [[2, 1], 1.5],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});

it.each([
  ['', 0],
  ['a', 1],
  ['a\n', 1],
  ['a\n\n', 2],
  ['a\nb', 2],
])('%j has %d lines', (text, expected) => {
  expect(linesOf(text)).toBe(expected);
});

it('counts each room, parts of rooms with it, and all of them', () => {
  const sizes = roomSizes([
    { path: 'src/token/a.ts', text: lines(250) },
    { path: 'src/keys/a.ts', text: lines(10) },
    { path: 'src/token/part/b.ts', text: lines(251) },
  ]);
  expect(sizes).toEqual([
    { room: 'keys', files: 1, lines: 10, median: 10, long: 0 },
    { room: 'token', files: 2, lines: 501, median: 250.5, long: 1 },
    { room: 'all', files: 3, lines: 511, median: 250, long: 1 },
  ]);
});
