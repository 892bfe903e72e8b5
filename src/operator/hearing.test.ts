import { expect, it } from 'vitest';
import { fakeClock } from '../base/testing/clock.ts';
import { createHearing, HEARING } from './hearing.ts';

function hearing(...awaited: readonly string[]) {
  const clock = fakeClock();
  const silent = new Set(awaited);
  const told: string[] = [];
  const kept = createHearing({ clock, isAwaited: (id) => silent.has(id), tell: (ids) => told.push(...ids) });
  return { clock, silent, told, kept };
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
  const { clock, told, kept } = hearing('shop/a', 'shop/b');
  kept.bindings(['shop/a', 'shop/a']);
  kept.begin();
  await clock.advance(HEARING - 1);
  expect(told).toEqual([]);
  await clock.advance(1);
  expect(told).toEqual(['shop/a']);
  kept.bindings(['shop/b']);
  expect(told).toEqual(['shop/a', 'shop/b']);
});

it('tells of nothing twice', async () => {
  const { clock, silent, told, kept } = hearing('shop/a');
  kept.bindings(['shop/a']);
  kept.begin();
  silent.clear();
  kept.bindings(['shop/a']);
  await clock.advance(HEARING);
  expect(told).toEqual(['shop/a']);
});

it('leaves no timer behind', () => {
  const { clock, kept } = hearing();
  kept.begin();
  kept.stop();
  expect(clock.due()).toEqual([]);
});
