/** The steps that are told of a decision are those of the decision that was made, be its token cached or not. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { enforceWithTrials } from '../../test/support/decide.ts';
import { NOW } from '../../test/support/verification.ts';
import { judgeWithTrace } from '../explain/judgement.ts';
import { madeSteps } from '../explain/made.ts';
import { newNote } from './authorizer.ts';
import { setUp } from './testing/authorizer.ts';
import { setUpTrials } from './testing/trials.ts';
import { asked, binding, namespaces, SOURCES } from './testing/worlds.ts';

const bindings = fc.array(binding(namespaces, 'decides-'), { maxLength: 3 });
const trials = fc.array(binding(namespaces, 'trial-'), { maxLength: 2 });
const noKeys = () => Promise.resolve(undefined);

it('a decision', async () => {
  let hits = 0;
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(bindings, trials, asked, async (deciding, tried, check) => {
      const enforcer = enforceWithTrials(deciding, tried, SOURCES);
      const { authorize, state, counts } = setUp();
      state.enforcer = enforcer;
      for (let time = 0; time < 2; time++) {
        const note = newNote();
        const decision = await authorize(check, undefined, note);
        const told = madeSteps(check, decision, note);
        const explained = await judgeWithTrace(enforcer, check, NOW, noKeys);
        expect(explained.decision).toEqual(decision);
        expect(told).toEqual(explained.steps);
        seen.add(decision.reason);
      }
      hits += counts.hits;
    }),
    { numRuns: 400 },
  );
  expect(hits).toBeGreaterThan(0);
  expect([...seen]).toEqual(
    expect.arrayContaining([
      ...['authenticated', 'anonymous', 'disabled', 'token_missing', 'token_expired', 'issuer_unknown'],
      ...['role_mismatch', 'host_unbound', 'binding_invalid', 'request_malformed'],
    ]),
  );
});

it('what a Trial would have decided', async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(bindings, trials, asked, async (deciding, tried, check) => {
      const enforcer = enforceWithTrials(deciding, tried, SOURCES);
      const { tried: judged, send, turnAll } = setUpTrials(enforcer);
      for (let time = 0; time < 2; time++) {
        send(check);
        turnAll();
      }
      const { trial } = await judgeWithTrace(enforcer, check, NOW, noKeys);
      for (const { trial: compared, steps } of judged) {
        expect(trial?.decision).toEqual(compared);
        expect(steps).toEqual(trial?.steps);
        count += 1;
      }
    }),
    { numRuns: 400 },
  );
  expect(count).toBeGreaterThan(0);
});
