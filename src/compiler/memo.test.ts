import { expect, it, vi } from 'vitest';
import { memoize } from './memo.ts';

it('makes an outcome once for the same key and the same inputs', () => {
  const make = vi.fn(
    (
      key: { readonly n: number },
      { list, factor }: { readonly list: readonly number[]; readonly factor: number },
    ) => list.map((n) => n * factor + key.n),
  );
  const remembered = memoize(make);
  const key = { n: 1 };
  const first = remembered(key, { list: [1, 2], factor: 10 });
  expect(first).toEqual([11, 21]);
  expect(remembered(key, { list: [1, 2], factor: 10 })).toBe(first);
  expect(make).toHaveBeenCalledTimes(1);
});

it.each([
  ['an element', [1, 3], 10],
  ['a length', [1], 10],
  ['a scalar', [1, 2], 20],
])('makes it anew when %s changes, and hands it the one before', (_, list, factor) => {
  const make = vi.fn(
    (
      _key: object,
      inputs: { readonly list: readonly number[]; readonly factor: number },
      before: unknown,
    ) => ({
      inputs,
      before,
    }),
  );
  const remembered = memoize(make);
  const key = {};
  const first = remembered(key, { list: [1, 2], factor: 10 });
  expect(remembered(key, { list, factor })).toEqual({ inputs: { list, factor }, before: first });
});

it('makes it anew when an input is not there any more', () => {
  const remembered = memoize((_: object, { factor }: { readonly factor?: number }) => factor ?? 'none');
  const key = {};
  expect([remembered(key, { factor: 2 }), remembered(key, {}), remembered(key, { factor: 2 })]).toEqual([
    2,
    'none',
    2,
  ]);
});

it('keeps keys apart', () => {
  const remembered = memoize((key: { readonly n: number }) => key.n);
  expect([remembered({ n: 1 }, {}), remembered({ n: 2 }, {})]).toEqual([1, 2]);
});

it('keeps as many outcomes as it is asked to, for inputs that take turns', () => {
  const make = vi.fn((_: object, { turn }: { readonly turn: number }) => ({ turn }));
  const remembered = memoize(make, 2);
  const key = {};
  const [one, two] = [remembered(key, { turn: 1 }), remembered(key, { turn: 2 })];
  expect([remembered(key, { turn: 1 }), remembered(key, { turn: 2 })]).toEqual([one, two]);
  expect(make).toHaveBeenCalledTimes(2);
  expect([remembered(key, { turn: 3 }), remembered(key, { turn: 2 })]).toEqual([{ turn: 3 }, two]);
  expect(remembered(key, { turn: 1 })).not.toBe(one);
});
