import { describe, expect, it } from 'vitest';
import { LATER_MEMBERS } from '../policy/exchange.ts';
import { POLICY } from '../policy/testing/policy.ts';
import type { JwtPolicy } from '../sources/jwt/policy.ts';
import { BINDING_MEMBERS, laterMembersOf, type OptionalPath, standsAt } from './later-members.ts';

/**
 * The optional members of a source's policy: every validator knows them. One that comes later does not compile before it
 * stands here, and then `older-validators.ts` must say what becomes of bindings that use such a source.
 */
const SOURCE_MEMBERS: Readonly<Record<OptionalPath<JwtPolicy>, true>> = {
  tenantIssuer: true,
  maxStale: true,
  maxTokenAge: true,
  'keys.keys.kid': true,
  'keys.keys.use': true,
  'keys.keys.key_ops': true,
  'keys.keys.alg': true,
  'keys.keys.n': true,
  'keys.keys.e': true,
  'keys.keys.crv': true,
  'keys.keys.x': true,
  'keys.keys.y': true,
  'keys.keys.issuer': true,
};

describe('the tables of optional members', () => {
  it.each(Object.keys(BINDING_MEMBERS))('%s stands in the policy that has every member', (path) => {
    expect(standsAt(POLICY.bindings, path.split('.'))).toBe(true);
  });

  it.each(Object.keys(SOURCE_MEMBERS))('%s of a source does, too', (path) => {
    expect(standsAt(POLICY.sources, path.split('.'))).toBe(true);
  });

  it('have each name that a validator can say, but for Trials, which are no member of a binding', () => {
    const named = new Set(Object.values(BINDING_MEMBERS).filter((member) => member !== 'Always'));
    expect([...named, 'trials'].sort()).toEqual([...LATER_MEMBERS].sort());
  });
});

it('what a binding needs is found in any of its rules', () => {
  const [every, invalid] = POLICY.bindings;
  if (every?.judgement.kind !== 'rules' || invalid === undefined) throw new Error('no rules');
  const { revision: _revision, ...rest } = every;
  const whole = { ...rest, judgement: every.judgement };
  const [rule] = whole.judgement.rules;
  if (rule === undefined) throw new Error('no rule');
  const { authentication, ...others } = rule.require;
  const { mcp, ...match } = rule.match;
  const plain = { ...rule, match, require: { ...others, expressions: [] } };
  const called = { ...plain, match: { ...match, ...(mcp && { mcp }) } };
  const asking = { ...plain, require: { ...plain.require, ...(authentication && { authentication }) } };
  const { resource, mcp: _mcp, answers, ...judgement } = whole.judgement;
  const needs = (...rules: readonly (typeof rule)[]) => [
    ...laterMembersOf({ ...whole, judgement: { ...judgement, rules } as typeof whole.judgement }),
  ];
  expect(needs(plain, asking)).toEqual(['authentication']);
  expect(needs(plain, rule)).toEqual(['mcp', 'authentication', 'expression-scopes']);
  expect(needs(plain, called)).toEqual(['mcp']);
  expect(needs(plain)).toEqual([]);
  expect([...laterMembersOf(whole)]).toContain(resource && 'resource');
  expect([...laterMembersOf(whole)]).toContain(answers && 'answers');
  expect([...laterMembersOf(invalid)]).toEqual([]);
});
