import { expect, it } from 'vitest';
import { decide, enforce, enforceWithTrials, joe, request } from '../../test/support/decide.ts';
import { any, bindingPolicy, rulePolicy } from '../../test/support/policy.ts';
import { compareTrial } from './trial-decision.ts';

const open = { rules: [rulePolicy({ name: 'open', authentication: 'None' })] };
const admins = { rules: [rulePolicy({ name: 'admins', require: { roles: any('admin') } })] };
const nobody = { rules: [rulePolicy({ name: 'nobody', authentication: 'Deny' })] };

it.each([
  ['the same', {}, {}, 'Enforce', 'same'],
  ['the same denial', admins, admins, 'Enforce', 'same'],
  ['a stricter one', {}, admins, 'Enforce', 'would_deny'],
  ['a stricter one beside Audit, which lets pass what it would deny', admins, nobody, 'Audit', 'would_deny'],
  ['the same one beside Audit', admins, admins, 'Audit', 'would_deny'],
  ['a stricter one beside Disabled', {}, admins, 'Disabled', 'would_deny'],
  ['a laxer one', admins, {}, 'Enforce', 'would_allow'],
  ['another denial', nobody, admins, 'Enforce', 'other_reason'],
  ['another allow', {}, open, 'Enforce', 'other_reason'],
] as const)('%s', (_, decides, tries, mode, expected) => {
  const asked = request({ token: joe() });
  const inForce = decide(enforce(bindingPolicy(decides, { mode })), asked);
  const tried = decide(enforceWithTrials([], [bindingPolicy(tries, { id: 'shop/next' })]), asked);
  expect(compareTrial('shop/next', tried, inForce).verdict).toBe(expected);
});

it('says what mode Enforce would have said, and of whom', () => {
  const asked = request({ token: joe() });
  const tried = decide(enforceWithTrials([], [bindingPolicy(admins, { id: 'shop/next' })]), asked);
  expect(compareTrial('shop/next', tried, decide(enforce(bindingPolicy()), asked))).toEqual({
    binding: 'shop/next',
    outcome: 'denied',
    reason: 'role_mismatch',
    detail: expect.stringContaining('No Role(s) are associated'),
    rule: 'admins',
    source: 'shop/okta',
    user: 'joe',
    verdict: 'would_deny',
  });
});
