import { expect, it } from 'vitest';
import { compileBinding } from './binding.fixture.ts';
import { summaries } from './compile.fixture.ts';

it.each([
  [
    'a regex that is too large',
    'paths: [{type: RegularExpression, value: "/x{0,1000}"}]',
    '',
    'PolicyTooLarge',
    '.match.paths[0].value',
  ],
  [
    'regexes that are too large together',
    `paths: [${Array(16).fill('{type: RegularExpression, value: "/x{0,490}"}').join()}]`,
    `expressions: [${Array(5).fill('{expression: "user.matches(\'x{0,490}\')"}').join()}]`,
    'PolicyTooLarge',
    '.require.expressions[4].expression',
  ],
  [
    'expressions that are too large together',
    '',
    `expressions: [${Array(12)
      .fill(`{expression: "user == '${'x'.repeat(1800)}'"}`)
      .join()}]`,
    'PolicyTooLarge',
    '.require.expressions[11].expression',
  ],
])('a binding with %s is refused, and says where', (_, match, require, reason, field) => {
  const [policy, result] = compileBinding(`rules: [{match: {${match}}, require: {${require}}}]`);
  expect(summaries(result)).toEqual([`error ${reason} spec.rules[0]${field}`]);
  expect(policy.judgement.kind).toBe('invalid');
  expect(result.bindings.get('shop/api')?.acceptance).toMatchObject({ kind: 'refused', reason });
});
