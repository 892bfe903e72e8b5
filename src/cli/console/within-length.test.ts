import { expect, it } from 'vitest';
import { withinLength } from './within-length.ts';

const of = (id: string, length: number) => ({ id, text: 'x'.repeat(length) });

it('leaves out what is large, and keeps the order of the rest', () => {
  const [c, a, b] = [of('c', 10), of('a', 5000), of('b', 20)];
  expect(withinLength([c, a, b], 200)).toEqual({ kept: [c, b], leftOut: [a] });
  expect(withinLength([c, a, b], 10_000)).toEqual({ kept: [c, a, b], leftOut: [] });
  expect(withinLength([c, a, b], 10)).toEqual({ kept: [], leftOut: [c, a, b] });
});
