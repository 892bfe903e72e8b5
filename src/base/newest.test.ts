import { expect, it } from 'vitest';
import { keepNewest } from './newest.ts';

it('removes what was put in first, and no more than it must', () => {
  const map = new Map([...'abcd'].map((letter, index) => [letter, index]));
  keepNewest(map, 4);
  expect(map.size).toBe(4);
  map.set('a', 9); // stays where it was
  keepNewest(map, 2);
  expect([...map.keys()]).toEqual(['c', 'd']);
  const set = new Set('ab');
  keepNewest(set, 0);
  expect(set.size).toBe(0);
});
