import { describe, expect, it } from 'vitest';
import { decide, enforce, enforceWithTrials, joe, request, verifyNow } from '../../test/support/decide.ts';
import { any, bindingPolicy, cel, rulePolicy } from '../../test/support/policy.ts';
import { METADATA_PATH, withResource } from '../../test/support/resource.ts';
import { NOW } from '../../test/support/verification.ts';
import { begin } from '../decision/begin.ts';
import type { CheckRequest, Decision } from '../decision/decision.ts';
import type { Enforcer } from '../decision/enforcer.ts';
import { finish } from '../decision/finish.ts';
import { NAVIGATES, withLogin } from '../decision/testing/login.ts';
import { compareTrial } from '../decision/trial-decision.ts';
import type { Verification } from '../sources/verification.ts';
import { judgeWithTrace } from './judgement.ts';
import { type MadeFrom, madeSteps, madeTrialSteps } from './made.ts';

const ADMINS = enforce(
  bindingPolicy({ rules: [rulePolicy({ name: 'admins', require: { roles: any('admin') } })] }),
);

/** As a validator makes it, with what became of the token. */
function make(
  enforcer: Enforcer,
  asked: CheckRequest,
  becomes?: Verification,
): { readonly decision: Decision; readonly from: MadeFrom } {
  const begun = begin(enforcer, asked);
  if (begun.kind === 'decided')
    return { decision: begun.decision, from: { judgedBy: enforcer, verified: undefined, at: NOW } };
  const { pending } = begun;
  const verification = becomes ?? verifyNow(pending);
  return {
    decision: finish(pending, verification, NOW),
    from: { judgedBy: enforcer, verified: { pending, verification, now: NOW }, at: NOW },
  };
}

const noKeys = () => Promise.resolve(undefined);

describe('the steps of a decision', () => {
  it.each([
    ['a token that passes', ADMINS, request({ token: joe({ groups: ['admin'] }) })],
    ['a role that is missing', ADMINS, request({ token: joe({ groups: ['user'] }) })],
    ['another audience', ADMINS, request({ token: joe({ aud: 'other' }) })],
    ['no token', ADMINS, request()],
    ['a browser that is sent to log in', enforce(withLogin()), request({ headers: NAVIGATES })],
    ['an old token of a program', enforce(withLogin()), request({ token: joe({ exp: 1 }) })],
    ['a token that is none', ADMINS, request({ token: 'nonsense' })],
    ['a host that nothing guards', enforce(bindingPolicy({}, { hosts: ['x.example'] })), request()],
    [
      'a path that is ambiguous',
      enforce(
        bindingPolicy({
          rules: [
            rulePolicy({ name: 'admin', match: { paths: [{ type: 'PathPrefix', value: '/admin' }] } }),
            rulePolicy({ name: 'rest', authentication: 'None' }),
          ],
        }),
      ),
      request({ pathAndQuery: '/x/%2e%2e/admin' }),
    ],
    ['what the validator itself answers', withResource(), request({ pathAndQuery: METADATA_PATH })],
    [
      'an expression',
      enforce(bindingPolicy({ rules: [rulePolicy({ require: cel("request.query == 'a=1'") })] })),
      request({ token: joe(), pathAndQuery: '/?a=2' }),
    ],
  ])('are those that explain shows: %s', async (_, enforcer, asked) => {
    const { decision, from } = make(enforcer, asked);
    const explained = await judgeWithTrace(enforcer, asked, NOW, noKeys);
    expect(decision).toEqual(explained.decision);
    expect(madeSteps(asked, decision, from)).toEqual(explained.steps);
  });

  it('hold no token, and nothing of a query', () => {
    const token = joe({ groups: ['user'] });
    const asked = request({ token, pathAndQuery: '/orders?key=s3cret' });
    const { decision, from } = make(ADMINS, asked);
    const text = JSON.stringify(madeSteps(asked, decision, from));
    for (const part of [...token.split('.'), 's3cret']) expect(text).not.toContain(part);
  });

  it('say of a token that nobody had time for only that', () => {
    const asked = request({ token: joe({ groups: ['admin'] }) });
    const { decision, from } = make(ADMINS, asked, { kind: 'overloaded', source: 'shop/okta' });
    const steps = madeSteps(asked, decision, from);
    expect(steps.slice(-2)).toEqual([
      { step: 'token', finding: 'Too many signatures are waiting to be verified' },
      { step: 'answer', finding: 'denied: 503 overloaded' },
    ]);
    expect(JSON.stringify(steps)).not.toMatch(/signature is the key's|Verified/);
  });
});

describe('the answer alone is told', () => {
  const asked = request({ token: joe({ groups: ['admin'] }) });
  const { decision, from } = make(ADMINS, asked);
  const answer = (finding: string) => [{ step: 'answer', finding }];

  it('where the request was not judged', () => {
    expect(madeSteps(asked, decision, undefined)).toEqual(answer('allowed: authenticated'));
  });
  it('where another policy would have decided it so', () => {
    const other = enforce(bindingPolicy({ rules: [rulePolicy({ authentication: 'None' })] }));
    expect(madeSteps(asked, decision, { ...from, judgedBy: other, verified: undefined })).toEqual(
      answer('allowed: authenticated'),
    );
  });
  it('where the caller was answered something else', () => {
    const denied = decide(ADMINS, request({ token: joe({ groups: ['user'] }) }));
    expect(madeSteps(asked, denied, from)).toEqual(answer('denied: 403 role_mismatch'));
    if (decision.outcome !== 'allowed') throw new Error('it is not allowed');
    const sent = { ...decision, upstream: { set: [], remove: [] } };
    expect(madeSteps(asked, sent, from)).toEqual(answer('allowed: authenticated'));
  });
  it('where it would take a token to say more', () => {
    expect(madeSteps(asked, decision, { ...from, verified: undefined })).toEqual(
      answer('allowed: authenticated'),
    );
  });
});

it("a Trial's are its own", async () => {
  const tried = bindingPolicy(
    { rules: [rulePolicy({ name: 'admins', require: { roles: any('admin') } })] },
    { id: 'shop/next', mode: 'Audit' },
  );
  const enforcer = enforceWithTrials([bindingPolicy()], [tried]);
  const asked = request({ token: joe({ groups: ['user'] }) });
  const { trial } = await judgeWithTrace(enforcer, asked, NOW, noKeys);
  const begun = begin(enforcer, asked, undefined, enforcer.trialFor?.('api.example', undefined, undefined));
  if (begun.kind !== 'verify' || trial === undefined) throw new Error('there is no Trial');
  const { pending } = begun;
  const verification = verifyNow(pending);
  const compared = compareTrial('shop/next', finish(pending, verification, NOW), decide(enforcer, asked));
  const from = { judgedBy: enforcer, verified: { pending, verification, now: NOW }, at: NOW };
  expect(compared).toEqual(trial.decision);
  expect(madeTrialSteps(asked, compared, from)).toEqual(trial.steps);
  expect(madeTrialSteps(asked, { ...compared, reason: 'token_missing' }, from)).toHaveLength(1);
});
