import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Policy } from '../../policy/policy.ts';
import { controlPlaneFeed } from '../testing/control-plane-feed.ts';
import { fieldsOf, policyOf, sent } from '../testing/policies.ts';
import { settle } from '../testing/transport.ts';

const POLICIES = new Map(['a', 'b', 'c'].map((name) => [name, policyOf(name)]));
const named = (name: string): Policy => POLICIES.get(name) ?? policyOf(name);

const MAX_STALE = 60;
/** It is looked at only so often; in seconds. */
const NAP = 30;

const policy = fc.constantFrom(...POLICIES.keys());
const event = fc.oneof(
  fc.record({ kind: fc.constant('sent' as const), policy }),
  fc.record({ kind: fc.constant('broken' as const), policy }),
  fc.record({ kind: fc.constant('nothing new' as const), policy }),
  fc.record({ kind: fc.constant('status' as const), status: fc.constantFrom(304, 401, 404, 421, 500, 503) }),
  fc.record({ kind: fc.constant('fails' as const) }),
  fc.record({ kind: fc.constant('time' as const), seconds: fc.integer({ min: 1, max: 40 }) }),
);
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

/** A feed, and what must be true of it. */
function followed() {
  const setUp = controlPlaneFeed({ maxStale: MAX_STALE });
  const { answer, fail, pass, told, inForce, transport, clock } = setUp;
  let good: string | undefined;
  let confirmedAt = Number.NEGATIVE_INFINITY;

  const happens = async (step: Exclude<Event, { kind: 'time' }>): Promise<void> => {
    const asked = told().version;
    switch (step.kind) {
      case 'sent':
        await answer(...sent(named(step.policy)));
        good = named(step.policy).version;
        confirmedAt = clock.seconds();
        break;
      case 'broken':
        await answer(200, fieldsOf(named(step.policy)), '{"policy":{}}');
        break;
      case 'nothing new':
        await answer(304, fieldsOf(named(step.policy)));
        if (asked === `"${named(step.policy).version}"`) confirmedAt = clock.seconds();
        break;
      case 'status':
        await answer(step.status);
        break;
      case 'fails':
        await fail();
        break;
    }
  };

  const holds = (): void => {
    const age = clock.seconds() - confirmedAt;
    expect([good, undefined]).toContain(inForce());
    if (age <= MAX_STALE) expect(inForce()).toBe(good);
    if (age > MAX_STALE + NAP) expect(inForce()).toBeUndefined();
  };

  return {
    ...setUp,
    step: async (step: Event): Promise<void> => {
      if (step.kind === 'time') {
        for (let passed = 0; passed < step.seconds; passed++) await pass(1000);
      } else if (!transport.last.isOver) {
        const before = transport.last;
        await happens(step);
        const version = inForce();
        if (transport.last !== before) {
          expect(told().version).toBe(version === undefined ? undefined : `"${version}"`);
        }
      }
      holds();
    },
  };
}

it('whatever comes: only what was sent well is in force, no longer than it may, and told truly', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 25 }), async (events) => {
      const { start, step, feed, clock } = followed();
      await start();
      for (const next of events) await step(next);
      feed.stop();
      await settle();
      expect(clock.due().length).toBe(0);
    }),
  );
});
