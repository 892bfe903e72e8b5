import { expect, it } from 'vitest';
import { compileBinding } from './binding.fixture.ts';

const warnings = (scopes: string, rest = '') =>
  compileBinding(`rules: [{require: {scopes: {${scopes}}}${rest}}]`)[1].findings.map(
    ({ severity, reason, field, remedy }) => [
      `${severity} ${reason} ${field?.replace('spec.rules[0].require.scopes.', '')}`,
      remedy,
    ],
  );

it.each([
  [
    'two in one text',
    'allOf: [a, "reports:read reports:delete"]',
    ['warning ScopeMalformed allOf[1]', 'write each by itself: ["reports:read", "reports:delete"]'],
  ],
  [
    'two of which one would forbid',
    'noneOf: ["a  b"]',
    ['warning ScopeMalformed noneOf[0]', 'write each by itself: ["a", "b"]'],
  ],
  ['one with a space behind it', 'anyOf: ["a "]', ['warning ScopeMalformed anyOf[0]', 'leave the space out']],
  [
    'one with a quote',
    `anyOf: ['say "a"']`,
    ['warning ScopeMalformed anyOf[0]', 'spell it as the provider does'],
  ],
  [
    'one that is no ASCII',
    'allOf: [größe]',
    ['warning ScopeMalformed allOf[0]', 'spell it as the provider does'],
  ],
])('lint warns of %s', (_, scopes, warning) => {
  expect(warnings(scopes)).toEqual([warning]);
});

it('warns once for each list, and of no scope that there may be', () => {
  expect(warnings('allOf: ["a b", "c d"], anyOf: ["a b"]')).toHaveLength(2);
  expect(warnings('allOf: ["files:read", "api://x/Reports.Read", "a,b"]')).toEqual([]);
});
