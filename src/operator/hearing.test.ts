import { expect, it } from 'vitest';
import { fakeTime } from '../kubernetes/testing/time.ts';
import { createHearing, HEARING } from './hearing.ts';

function hearing(...awaited: readonly string[]) {
  const time = fakeTime();
  const silent = new Set(awaited);
  const told: string[] = [];
  const kept = createHearing({ time, isAwaited: (id) => silent.has(id), tell: (ids) => told.push(...ids) });
  return { time, silent, told, kept };
}

it('keeps back what waits for a validator, until that is heard', () => {
  const { silent, told, kept } = hearing('shop/a');
  kept.bindings(['shop/a', 'shop/b']);
  kept.begin();
  expect(told).toEqual(['shop/b']);
  silent.clear();
  kept.bindings(['shop/a']);
  expect(told).toEqual(['shop/b', 'shop/a']);
});

it('keeps nothing back any more when the time is up', async () => {
  const { time, told, kept } = hearing('shop/a', 'shop/b');
  kept.bindings(['shop/a', 'shop/a']);
  kept.begin();
  await time.advance(HEARING - 1);
  expect(told).toEqual([]);
  await time.advance(1);
  expect(told).toEqual(['shop/a']);
  kept.bindings(['shop/b']);
  expect(told).toEqual(['shop/a', 'shop/b']);
});

it('tells of nothing twice', async () => {
  const { time, silent, told, kept } = hearing('shop/a');
  kept.bindings(['shop/a']);
  kept.begin();
  silent.clear();
  kept.bindings(['shop/a']);
  await time.advance(HEARING);
  expect(told).toEqual(['shop/a']);
});

it('leaves no timer behind', () => {
  const { time, kept } = hearing();
  kept.begin();
  kept.stop();
  expect(time.due()).toEqual([]);
});
