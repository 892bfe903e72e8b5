/** Regular expressions of users: RE2 alone ever sees them, compiled at load, run under the budget. */

import { RE2JS, RE2JSException } from 're2js';
import { type Evaluation, LIMITS } from './evaluation.ts';
import { type Frame, type Node, pair, Refused } from './program.ts';
import { BOOL, mayBe } from './types.ts';
import { Fault, type Result } from './values.ts';

export type CompiledRegex =
  | { readonly kind: 'compiled'; readonly test: (text: string, evaluation: Evaluation) => boolean }
  | { readonly kind: 'refused'; readonly problem: string };

/** Compiles a pattern in RE2's syntax; `test` looks for a match anywhere in the text. */
export function compileRegex(pattern: string): CompiledRegex {
  let regex: RE2JS;
  try {
    regex = RE2JS.compile(pattern);
  } catch (error) {
    const why =
      error instanceof RE2JSException ? error.message.replace('error parsing regexp: ', '') : 'too complex';
    return { kind: 'refused', problem: `the regular expression is not valid in RE2: ${why}` };
  }
  const size = regex.programSize();
  if (size > LIMITS.regexSize) {
    const problem = `the regular expression is too large: ${size} instructions, at most ${LIMITS.regexSize} are allowed`;
    return { kind: 'refused', problem };
  }
  const test = (text: string, evaluation: Evaluation): boolean => {
    evaluation.steps(Math.ceil(((text.length + 1) * size) / LIMITS.regexWorkPerStep));
    return regex.test(text);
  };
  return { kind: 'compiled', test };
}

const NO_TEXT = new Fault('matches was applied to a value that is no string');

/** A pattern must be a literal: only so is it judged at load, and its cost known. */
export function regexMatch(id: bigint, operands: readonly Node[]): Node {
  const [text, pattern] = pair(operands);
  if (operands.length !== 2)
    throw new Refused("matches takes one pattern, as in user.matches('^[a-z]+$')", id);
  if (!mayBe(text.type, 'string')) throw new Refused(`matches reads a string, not a ${text.type.kind}`, id);
  if (typeof pattern.constant !== 'string') {
    throw new Refused("the pattern of matches must be a literal string, as in user.matches('^[a-z]+$')", id);
  }
  const regex = compileRegex(pattern.constant);
  if (regex.kind === 'refused') throw new Refused(regex.problem, id);
  const run = (frame: Frame): Result => {
    frame.evaluation.steps(1);
    const value = text.run(frame);
    if (value instanceof Fault) return value;
    return typeof value === 'string' ? regex.test(value, frame.evaluation) : NO_TEXT;
  };
  return { type: BOOL, run };
}
