import { expect, it } from 'vitest';
import { mixtures } from './underscores.ts';

it('a name has a mixture for each choice of its hyphens, but itself', () => {
  expect(mixtures('x-a-b')).toEqual(['x-a_b', 'x_a-b', 'x_a_b']);
  expect(mixtures('cookie')).toEqual([]);
  expect(mixtures('x_a-b')).toEqual(['x_a_b']);
});
