import { expect, it } from 'vitest';
import type { Requirements } from './policy.ts';
import { asksForAnything } from './requirements.ts';

const NONE: Requirements = {
  roles: { anyOf: [], allOf: [], noneOf: [] },
  scopes: { anyOf: [], allOf: [], noneOf: [] },
  claims: [],
  clients: { anyOf: [], noneOf: [] },
  expressions: [],
};

it('asks for nothing where every part is empty', () => {
  expect(asksForAnything(NONE)).toBe(false);
});

it.each<[string, Partial<Requirements>]>([
  ['roles, any of', { roles: { anyOf: ['a'], allOf: [], noneOf: [] } }],
  ['roles, all of', { roles: { anyOf: [], allOf: ['a'], noneOf: [] } }],
  ['roles, none of', { roles: { anyOf: [], allOf: [], noneOf: ['a'] } }],
  ['scopes', { scopes: { anyOf: ['a'], allOf: [], noneOf: [] } }],
  ['a claim', { claims: [{ claim: 'a', anyOf: [], allOf: [], noneOf: [] }] }],
  ['clients, any of', { clients: { anyOf: ['a'], noneOf: [] } }],
  ['clients, none of', { clients: { anyOf: [], noneOf: ['a'] } }],
  ['an expression', { expressions: [{ expression: 'true', message: '' }] }],
])('asks for %s', (_, part) => {
  expect(asksForAnything({ ...NONE, ...part })).toBe(true);
});

it.each([
  ['a number', 0],
  ['a word', ''],
  ['a switch', false],
  ['a list', ['a']],
  ['an object with a value', { least: 0 }],
])('counts a part that is new, and is %s', (_, part) => {
  const withNewPart = { ...NONE, newPart: part };
  expect(asksForAnything(withNewPart)).toBe(true);
});
