import { expect, it } from 'vitest';
import { manualClock } from '../../base/testing/manual-clock.ts';
import { controlPlaneFeed } from '../testing/control-plane-feed.ts';
import { fieldsOf, policyOf, sent } from '../testing/policies.ts';
import { type Asking, scriptedTransport, settle } from '../testing/transport.ts';

const A = policyOf('a');
const FEEDS = 200;
/** Milliseconds. */
const STEP = 50;

/** The same numbers in each run. */
function randomFrom(seed: number): () => number {
  let state = seed + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Many feeds at one control plane, which can be taken away and brought back. */
async function crowd() {
  const clock = manualClock();
  const held = new Set<Asking>();
  let up = true;
  /** Questions since the last look. */
  let asked = 0;
  const onAsked = (asking: Asking): void => {
    asked += 1;
    if (!up) asking.fail();
    else if (asking.question.headers['if-none-match'] === undefined) asking.answer(...sent(A));
    else held.add(asking);
  };
  const feeds = Array.from({ length: FEEDS }, (_, i) =>
    controlPlaneFeed({ clock, transport: scriptedTransport(onAsked), random: randomFrom(7919 * i) }),
  );
  for (const { start } of feeds) await start();
  await settle();
  /** How many asked in each step of so many seconds. */
  const watch = async (seconds: number): Promise<readonly number[]> => {
    const steps: number[] = [];
    for (let passed = 0; passed < seconds * 1000; passed += STEP) {
      asked = 0;
      clock.advance(STEP);
      await settle();
      steps.push(asked);
    }
    return steps;
  };
  return {
    clock,
    held,
    watch,
    stop: (end: (asking: Asking) => void) => {
      up = false;
      for (const asking of held) end(asking);
      held.clear();
    },
    comeBack: () => {
      up = true;
    },
    leave: () => {
      for (const { feed } of feeds) feed.stop();
    },
  };
}

it('connections that break, and a control plane that is away for a while: nobody comes back together', async () => {
  const { held, watch, stop, comeBack, leave } = await crowd();
  expect(held.size).toBe(FEEDS);
  stop((asking) => asking.fail('connection ECONNRESET'));
  await settle();
  const away = await watch(5);
  // A fifth of a second takes the first of them; after a second all together ask a few dozen times a step.
  expect(Math.max(...away.slice(20))).toBeLessThan(FEEDS / 5);
  comeBack();
  const back = await watch(15);
  expect(held.size).toBe(FEEDS);
  expect(Math.max(...back)).toBeLessThan(FEEDS / 10);
  leave();
});

it('connections that are closed well: everybody is back within a second, spread over it', async () => {
  const { clock, held, watch, stop, comeBack, leave } = await crowd();
  clock.advance(9000);
  stop((asking) => asking.answer(304, { ...fieldsOf(A), connection: 'close' }));
  comeBack();
  await settle();
  const steps = await watch(1);
  expect(held.size).toBe(FEEDS);
  expect(steps.reduce((sum, count) => sum + count)).toBe(FEEDS);
  expect(Math.max(...steps)).toBeLessThan(FEEDS / 8);
  leave();
});
