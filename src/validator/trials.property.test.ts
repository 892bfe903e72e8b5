import fc from 'fast-check';
import { expect, it } from 'vitest';
import { enforceWithTrials, type request } from '../../test/support/decide.ts';
import type { Decision } from '../decision/decision.ts';
import type { Enforcer } from '../decision/enforcer.ts';
import { newNote } from './authorizer.ts';
import { grpcAnswer, withTextHeaders } from './grpc/answer.ts';
import { httpAnswer, rawAnswer } from './http/answer.ts';
import { tellable, toldAnswer } from './http/told-answer.ts';
import { setUp } from './testing/authorizer.ts';
import { asked, binding, namespaces, SOURCES } from './testing/worlds.ts';

/** What every kind of caller is answered. */
function answers(
  enforcer: Enforcer,
  decision: Decision,
  check: ReturnType<typeof request>,
): readonly unknown[] {
  return [
    rawAnswer(httpAnswer(decision)),
    JSON.stringify(grpcAnswer(withTextHeaders(decision))),
    ...(['forward-auth', 'auth-request'] as const).map((form) => {
      const told = tellable(decision, form, check, []);
      return rawAnswer(toldAnswer(told, form, check, { tokens: enforcer.tokenHeaders, carriers: [] }));
    }),
  ];
}

const decides = async (enforcer: Enforcer, check: ReturnType<typeof request>) => {
  const { authorize, state, errors } = setUp();
  state.enforcer = enforcer;
  const decision = await authorize(check, '192.0.2.1', newNote());
  expect(errors).toEqual([]);
  return decision;
};

it('what decides answers byte for byte as it does without Trials, wherever it has a say', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(binding(namespaces, 'decides-'), { minLength: 1, maxLength: 3 }),
      fc.array(binding(namespaces, 'trial-'), { minLength: 1, maxLength: 3 }),
      asked,
      async (bindings, trials, check) => {
        const alone = enforceWithTrials(bindings, [], SOURCES);
        const together = enforceWithTrials(bindings, trials, SOURCES);
        const [before, now] = [await decides(alone, check), await decides(together, check)];
        const { port } = check;
        const hasSay = bindings.some(
          ({ ports }) => port === undefined || ports.length === 0 || ports.includes(port),
        );
        if (!hasSay && now.binding?.includes('/trial-')) {
          // There a Trial is Audit: it lets pass.
          expect([before.reason, now.outcome]).not.toContain('denied');
          return;
        }
        seen.add(`${before.outcome} ${before.reason}`);
        expect(now).toEqual(before);
        expect(answers(together, now, check)).toEqual(answers(alone, before, check));
      },
    ),
    { numRuns: 600 },
  );
  expect([...seen]).toEqual(
    expect.arrayContaining([
      ...['allowed authenticated', 'allowed anonymous', 'allowed disabled', 'allowed preflight'],
      ...['denied token_missing', 'denied role_mismatch', 'denied host_unbound', 'denied binding_invalid'],
      'audit_denied token_missing',
    ]),
  );
});
