import { expect, it } from 'vitest';
import { decide, enforce, joe, judge, request } from '../../test/support/decide.ts';
import { any, bindingPolicy, rulePolicy } from '../../test/support/policy.ts';
import { SERVED } from '../../test/support/resource.ts';
import { misdirectedCheck } from '../decision/answers.ts';
import { compareTrial } from '../decision/trial-decision.ts';
import { newNote } from './authorizer.ts';
import { createRecord, createTrialRecord } from './record.ts';

it('what was refused without being judged is counted, remembered, told and logged', () => {
  const counted: unknown[] = [];
  const logged: unknown[] = [];
  const remembered: unknown[] = [];
  const told: unknown[] = [];
  const record = createRecord(
    { decided: (...decision) => void counted.push(decision) },
    { note: ({ request: { pathAndQuery } }, { reason }) => void logged.push([pathAndQuery, reason]) },
    {
      memory: { note: (_, { reason }, outcome) => void remembered.push([reason, outcome]) },
      live: {
        isExplaining: () => false,
        tell: (_, { reason }, outcome, seconds) => void told.push([reason, outcome, seconds]),
      },
      wouldDeny: { note: (binding) => void told.push(binding) },
    },
  );
  record(
    { request: request({ pathAndQuery: '/validate' }), client: undefined },
    misdirectedCheck('why'),
    0.5,
  );
  expect(counted).toEqual([[undefined, 'denied', 'request_malformed', 0.5]]);
  expect(logged).toEqual([['/validate', 'request_malformed']]);
  expect(remembered).toEqual([['request_malformed', 'denied']]);
  expect(told).toEqual([['request_malformed', 'denied', 0.5]]);
});

it('what the validator itself answered is counted and told, and counts in no report', () => {
  const noted: unknown[] = [];
  const record = createRecord(
    { decided: (...decision) => void noted.push(decision) },
    { note: () => undefined },
    {
      memory: { note: () => void noted.push('remembered') },
      live: {
        isExplaining: () => false,
        tell: (_, { reason }, outcome) => void noted.push([reason, outcome]),
      },
      wouldDeny: { note: (binding) => void noted.push(binding) },
    },
  );
  record({ request: request(), client: undefined }, SERVED, 0.5);
  expect(noted).toEqual([
    ['shop/orders', 'served', 'resource_metadata', 0.5],
    ['resource_metadata', 'served'],
  ]);
});

it('what a Trial would have decided is counted, remembered and told, under its own name', () => {
  const counted: unknown[] = [];
  const noted: unknown[] = [];
  const record = createTrialRecord(
    { trialDecided: (...trial) => void counted.push(trial) },
    {
      memory: { note: (_, { binding, client }, outcome) => void noted.push([binding, client, outcome]) },
      live: {
        isExplaining: () => false,
        tell: (_, { binding, client }, outcome) => void noted.push([binding, client, outcome]),
      },
      wouldDeny: { note: (binding) => void noted.push(binding) },
    },
  );
  const inForce = judge([rulePolicy({ authentication: 'None' })]);
  const require = { roles: any('admin') };
  const tried = judge([rulePolicy({ require })], { token: joe({ azp: 'billing-cron' }) });
  const check = { request: request(), client: undefined };
  record(check, compareTrial('shop/trial', tried, inForce), { ...newNote(), at: 0 });
  expect(counted).toEqual([['shop/trial', 'would_deny']]);
  expect(noted).toEqual([
    'shop/trial',
    ['shop/trial', 'billing-cron', 'would_deny'],
    ['shop/trial', 'billing-cron', 'would_deny'],
  ]);
});

it.each(['Enforce', 'Audit', 'Disabled'] as const)('in mode %s, what would have been denied', (mode) => {
  const noted: string[] = [];
  const record = createRecord(
    { decided: () => {} },
    { note: () => {} },
    {
      memory: { note: () => {} },
      live: { isExplaining: () => false, tell: () => {} },
      wouldDeny: { note: (binding) => void noted.push(binding) },
    },
  );
  const check = { request: request(), client: undefined };
  for (const authentication of ['Deny', 'None'] as const) {
    const binding = bindingPolicy({ rules: [rulePolicy({ authentication })] }, { mode });
    record(check, decide(enforce(binding), request()));
  }
  expect(noted).toEqual(mode === 'Audit' ? ['shop/orders'] : []);
});
