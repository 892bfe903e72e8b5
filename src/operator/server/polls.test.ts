/** Questions whose time is up get their answer, be it a moment later. */

import { expect, it } from 'vitest';
import { fakeClock } from '../../base/testing/clock.ts';
import { POLL_HOLD } from '../../policy/exchange.ts';
import { createPolls } from './polls.ts';

it('looks again soon at one whose time is up while its policy is being compiled', async () => {
  const clock = fakeClock();
  const polls = createPolls(clock, () => 0.5);
  let isCompiled = false;
  let looks = 0;
  const reader = { pod: 'shop/p', gateway: undefined };
  polls.hold({
    reader,
    settle(isOver) {
      looks += 1;
      return isOver && isCompiled ? 0 : undefined;
    },
  });
  await clock.advance(POLL_HOLD - 1);
  expect(looks).toBe(0);
  await clock.advance(1);
  expect([looks, polls.size]).toEqual([1, 1]);
  isCompiled = true;
  await clock.advance(1000);
  expect([looks, polls.size, clock.due()]).toEqual([2, 0, []]);
});

it.each([
  ['small answers', 1, 200, 4],
  ['large ones', 600 * 1024, 30, 15],
])('answers in turns, of which each is bounded in %s', async (_, bytes, count, expected) => {
  const clock = fakeClock();
  const polls = createPolls(clock, () => 0.5);
  const pods = Array.from({ length: count }, (_, i) => `shop/p${i}`);
  let answered = 0;
  const settle = () => {
    answered += 1;
    return bytes;
  };
  for (const pod of pods) polls.hold({ reader: { pod, gateway: undefined }, settle });
  polls.wake({ pods, gateways: [] });
  let turns = 0;
  for (; answered < count && turns < 100; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  expect([turns, polls.size]).toEqual([expected, 0]);
});
