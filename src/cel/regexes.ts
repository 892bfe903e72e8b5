/** Regular expressions of users: RE2 alone ever sees them, compiled at load, run under the budget. */

import { checkRegex, compileRegex, type RegexRefusal } from '../regex/regex.ts';
import { EVALUATION_LIMITS } from './evaluation.ts';
import { type Frame, type Place, type ProgramNode, pair, RefusedExpression } from './program.ts';
import { BOOL, mayBe } from './types.ts';
import { Fault, type Result } from './values.ts';

/** The evaluation's own budget has paid for as much as a match can take. */
const PAID = { left: Number.POSITIVE_INFINITY };

const NOT_COMPILED = new Fault('the expression was checked only');
const NO_TEXT = new Fault('matches was applied to a value that is no string');

/** A pattern must be a literal: only so is it judged at load, and its cost known. */
export function regexMatch(id: bigint, operands: readonly ProgramNode[], { facts }: Place): ProgramNode {
  const [text, pattern] = pair(operands);
  if (operands.length !== 2)
    throw new RefusedExpression("matches takes one pattern, as in user.matches('^[a-z]+$')", id);
  if (!mayBe(text.type, 'string'))
    throw new RefusedExpression(`matches reads a string, not a ${text.type.kind}`, id);
  if (typeof pattern.constant !== 'string') {
    throw new RefusedExpression(
      "the pattern of matches must be a literal string, as in user.matches('^[a-z]+$')",
      id,
    );
  }
  if (!facts.willRun) {
    const refusal = checkRegex(pattern.constant, 'sensitive', facts.allowance);
    if (refusal !== undefined) throw refused(id, refusal);
    return { type: BOOL, run: () => NOT_COMPILED };
  }
  const compiled = compileRegex(pattern.constant, 'sensitive', facts.allowance);
  if (compiled.kind === 'refused') throw refused(id, compiled);
  const { regex } = compiled;
  const run = (frame: Frame): Result => {
    frame.evaluation.steps(1);
    const value = text.run(frame);
    if (value instanceof Fault) return value;
    if (typeof value !== 'string') return NO_TEXT;
    frame.evaluation.steps(Math.ceil(((value.length + 1) * regex.size) / EVALUATION_LIMITS.regexWorkPerStep));
    return regex.finds(value, PAID);
  };
  return { type: BOOL, run };
}

const refused = (id: bigint, { problem, cause, tooLarge }: RegexRefusal): RefusedExpression =>
  new RefusedExpression(
    tooLarge ? problem : `the regular expression is not valid in RE2: ${cause}`,
    id,
    tooLarge,
  );
