import { expect, it } from 'vitest';
import { manualClock } from '../base/testing/manual-clock.ts';
import { createSpending } from './spending.ts';

const asker = (client: string, source = 's', namespace = 'shop') => ({ client, source, namespace });

it('a client spends by itself, and its source and namespace with it', () => {
  const clock = manualClock();
  const spending = createSpending({ share: 0.1, burst: 100 }, clock.monotonic);
  spending.charge(asker('flood'), 150);
  expect([asker('flood'), asker('honest')].map(spending.leftToClient)).toEqual([-50, 100]);
  expect([asker('honest'), asker('honest', 'other')].map(spending.isSpent)).toEqual([true, false]);
  spending.charge(asker('flood', 'third'), 60);
  expect(spending.isSpent(asker('honest', 'other'))).toBe(true);
  expect(spending.isSpent(asker('honest', 's', 'elsewhere'))).toBe(false);
  clock.advance(1000);
  expect(spending.leftToClient(asker('flood'))).toBe(50);
  clock.advance(60_000);
  expect(spending.leftToClient(asker('flood'))).toBe(100);
});

it('remembers so many clients, and forgets the one that was charged first', () => {
  const spending = createSpending({ share: 0.1, burst: 100 }, manualClock().monotonic);
  for (let i = 0; i < 4097; i++) spending.charge(asker(`c${i}`), 10);
  expect(['c0', 'c1', 'c4096'].map((client) => spending.leftToClient(asker(client)))).toEqual([100, 90, 90]);
});
