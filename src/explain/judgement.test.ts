import { expect, it } from 'vitest';
import { request } from '../../test/support/decide.ts';
import { bindingPolicy, policyUpdate, sourcePolicy } from '../../test/support/policy.ts';
import { publicJwk, token } from '../../test/support/tokens.ts';
import { CLAIMS, NOW } from '../../test/support/verification.ts';
import { finishSteps } from '../base/steps.ts';
import { prepareEnforcer } from '../decision/enforcer.ts';
import { judgeWithTrace } from './judgement.ts';

/** More than a judgement has that waits for nothing but itself. */
const MICROTASKS = 1000;

it.each(['ES512', 'RS256'])('tries a signature of %s on the thread pool', async (alg) => {
  const sources = [sourcePolicy({ keys: { kind: 'public', keys: [publicJwk(alg)] }, algorithms: [] })];
  const enforcer = finishSteps(prepareEnforcer(policyUpdate([bindingPolicy()], sources)));
  const asked = request({ token: token({ alg, claims: CLAIMS }) });
  let isOver = false;
  const judging = judgeWithTrace(enforcer, asked, NOW, () => Promise.resolve(undefined)).then((judged) => {
    isOver = true;
    return judged;
  });
  // What another thread has found out is not heard of before the event loop goes on.
  for (let i = 0; i < MICROTASKS; i++) await undefined;
  expect(isOver).toBe(false);
  expect((await judging).decision).toMatchObject({ outcome: 'allowed' });
});
