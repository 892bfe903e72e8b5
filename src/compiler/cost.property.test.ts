/** Objects made to cost, inside of the bounds: whatever they hold, no step and no sum of steps is past its mark. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindingPolicy, rulePolicy } from '../../test/support/policy.ts';
import type { Steps } from '../base/steps.ts';
import { EVALUATION_LIMITS } from '../cel/evaluation.ts';
import { parse } from '../cel/parse.ts';
import { prepareBinding } from '../decision/binding.ts';
import type { PathMatch } from '../policy/rule-match.ts';
import { inTurns, MOST_AT_ONCE } from '../process/turns.ts';
import { COMPILE_LIMITS, newAllowance } from '../regex/allowance.ts';
import { compileInBothCases } from '../regex/regex.ts';
import { patterns } from '../regex/testing/regexes.ts';
import type { ApiBindingRule } from '../resources/types.gen.ts';
import { checkRules } from './rules.ts';

/** Longest values that the schema lets through. */
const PATH = 1024;
/** Of an expression's regular expressions one takes so many characters at least, as `''.matches('')||`, and so much. */
const SMALLEST = { characters: 16, work: 17 };
/** One expression with all of its regular expressions: some 10 ms. */
const LARGEST_STEP =
  3 * EVALUATION_LIMITS.text +
  COMPILE_LIMITS.pattern +
  (EVALUATION_LIMITS.text / SMALLEST.characters) * SMALLEST.work;
/** Whatever one object holds: some 200 ms, in turns. */
const LARGEST_OBJECT = 260_000;

const filled = (unit: string, between: string, most: number): string => {
  if (unit.length > most) return unit.slice(0, most);
  const count = Math.max(1, Math.floor((most + between.length) / (unit.length + between.length)));
  return Array.from({ length: count }, () => unit).join(between);
};

const VALUES = [
  'user',
  "'a'",
  '1',
  'claims.a.b',
  '[]',
  'roles[0]',
  'true',
  'roles.map(r, r)',
  "user.matches('a|b')",
];
const WRAPS = [
  ['(', ')'],
  ['[', '][0]'],
  ['{1: ', '}[1]'],
  ['!', ''],
  ['size(', ')'],
  ['true ? ', ' : false'],
  ['roles.exists(r, ', ')'],
  ['  // x\n', '  '],
] as const;
const expressionUnits = fc
  .tuple(fc.constantFrom(...VALUES), fc.array(fc.constantFrom(...WRAPS), { maxLength: 31 }))
  .map(([value, wraps]) => wraps.reduce((inner, [before, after]) => `${before}${inner}${after}`, value));
const expressions = fc
  .tuple(
    expressionUnits,
    fc.constantFrom(' || ', ' && ', ' == ', ', ', '+', ' ', '\n//\n'),
    fc.constantFrom(EVALUATION_LIMITS.text, 200, 20),
  )
  .map(([unit, between, most]) => filled(unit, between, most));

const texts = fc.constantFrom('a', '/a', '/größe', 'a-', '/{x}', ' ', '%', '//');
const paths = fc.oneof(
  fc
    .tuple(patterns, fc.constantFrom('', '|', '/'), fc.constantFrom(PATH, 60))
    .map(([unit, between, most]): PathMatch => {
      return { type: 'RegularExpression', value: filled(unit, between, most) };
    }),
  fc
    .tuple(fc.constantFrom('Exact', 'PathPrefix', 'Template'), texts, fc.constantFrom(PATH, 60))
    .map(([type, unit, most]): PathMatch => ({ type, value: `/${filled(unit, '', most - 1)}` })),
);

/** The most of everything that the schema lets through, of the same few parts. */
const objects = fc
  .record({
    paths: fc.array(paths, { maxLength: 4 }),
    expressions: fc.array(expressions, { maxLength: 4 }),
    host: fc.constantFrom('', 'a.example', `*.${'a.'.repeat(100)}example`),
  })
  .map(({ paths: some, expressions: texts, host }) => {
    const cycled = <T>(list: readonly T[], count: number) =>
      list.length === 0 ? [] : Array.from({ length: count }, (_, i) => list[i % list.length] as T);
    return Array.from({ length: 64 }, (_, i): ApiBindingRule => {
      return {
        match: {
          paths: [...cycled(some, 15), { type: 'Exact', value: `/z${i}` }],
          hosts: host === '' ? [] : [...cycled([host], 31), `z${i}.example`],
          methods: [i % 2 === 0 ? 'GET' : 'HEAD'],
        },
        require: { expressions: cycled(texts, 8).map((expression) => ({ expression })) },
      };
    });
  });

async function cost(steps: Steps<unknown>): Promise<void> {
  const costs: number[] = [];
  let turns = 1;
  function* noted(): Steps<void> {
    for (const step of steps) {
      costs.push(step);
      yield step;
    }
  }
  await inTurns(noted(), async () => {
    turns += 1;
  });
  const sum = costs.reduce((total, step) => total + step, 0);
  expect(Math.max(0, ...costs)).toBeLessThanOrEqual(LARGEST_STEP);
  expect(sum).toBeLessThanOrEqual(LARGEST_OBJECT);
  expect(turns).toBeGreaterThanOrEqual(Math.floor(sum / (MOST_AT_ONCE + LARGEST_STEP)));
}

describe('an object that is made to cost', () => {
  it('is checked and prepared in steps that are small, and few', async () => {
    await fc.assert(
      fc.asyncProperty(objects, async (rules) => {
        await cost(checkRules(rules, { other: 'Pass' }));
        const policy = bindingPolicy({
          rules: rules.map(({ match, require }) => {
            const expressions = (require?.expressions ?? []).map(({ expression }) => ({
              expression,
              message: 'm',
            }));
            return rulePolicy({ match: { paths: match?.paths ?? [] }, require: { expressions } });
          }),
        });
        await cost(prepareBinding(policy));
      }),
      { numRuns: 60 },
    );
  });

  it('makes no more instructions than are counted', () => {
    fc.assert(
      fc.property(patterns, fc.constantFrom('', '|', '/'), (unit, between) => {
        const allowance = newAllowance();
        const compiled = compileInBothCases(filled(unit, between, PATH), allowance);
        if (compiled.kind === 'refused') return;
        expect(allowance.work).toBeGreaterThanOrEqual(compiled.sensitive.size);
        expect(allowance.work).toBeGreaterThanOrEqual(compiled.insensitive.size);
      }),
      { numRuns: 500 },
    );
  });

  it('makes no more of an expression than twice its characters', () => {
    fc.assert(
      fc.property(expressions, (text) => {
        const parsed = parse(text);
        if (parsed.kind === 'parsed') expect(nodesOf(parsed.expr)).toBeLessThanOrEqual(2 * text.length);
      }),
      { numRuns: 500 },
    );
  });
});

function nodesOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = 'exprKind' in value ? 1 : 0;
  return Object.values(value).reduce((sum: number, member) => sum + nodesOf(member), own);
}
