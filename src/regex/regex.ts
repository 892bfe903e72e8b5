/** Regular expressions from manifests, in RE2's syntax: measured before they are compiled, and run step by step. */

import { RE2JS, RE2JSException } from 're2js';
import {
  COMPILE_LIMITS,
  type CompileAllowance,
  countPattern,
  drawInstructions,
  drawPattern,
  newAllowance,
} from './allowance.ts';
import { type Effort, MOST_INSTRUCTIONS, matches, newEffort } from './machine.ts';
import { programOf, type RegexProgram, WIDTH } from './program.ts';
import { regexSize } from './size.ts';

export interface Regex {
  /** Instructions of the program. */
  readonly size: number;
  /** Whether the whole text matches. */
  matches(text: string, effort?: Effort): boolean;
  /** Whether some part of it does. */
  finds(text: string, effort?: Effort): boolean;
}

export interface RegexRefusal {
  readonly kind: 'refused';
  /** It may be RE2, but takes more than it may. Others are no RE2. */
  readonly tooLarge: boolean;
  readonly problem: string;
  /** Its part that is of this pattern alone. */
  readonly cause: string;
}
export type CompiledRegex = { readonly kind: 'compiled'; readonly regex: Regex } | RegexRefusal;
export type CaseSensitivity = 'sensitive' | 'insensitive';

/** Compiles RE2 syntax (https://github.com/google/re2/wiki/Syntax), once the allowance has paid for it. */
export function compileRegex(
  pattern: string,
  caseSensitivity: CaseSensitivity,
  allowance: CompileAllowance = newAllowance(),
): CompiledRegex {
  return refusal(pattern, caseSensitivity, allowance, true) ?? compile(pattern, caseSensitivity);
}

/** Whether the pattern could be compiled, without doing so: what reads it is the parser alone. */
export function checkRegex(
  pattern: string,
  caseSensitivity: CaseSensitivity,
  allowance: CompileAllowance,
): RegexRefusal | undefined {
  const refused = refusal(pattern, caseSensitivity, allowance, false);
  if (refused !== undefined) return refused;
  const problem = syntaxProblem(pattern);
  return problem === undefined ? undefined : noRegex(problem);
}

export type RegexInBothCases =
  | { readonly kind: 'compiled'; readonly sensitive: Regex; readonly insensitive: Regex }
  | RegexRefusal;

/** Compiles a pattern that is compared with and without regard to case. It is paid for once, as if without. */
export function compileInBothCases(pattern: string, allowance: CompileAllowance): RegexInBothCases {
  const refused = refusal(pattern, 'insensitive', allowance, true);
  if (refused !== undefined) return refused;
  const sensitive = compile(pattern, 'sensitive');
  if (sensitive.kind !== 'compiled') return sensitive;
  const insensitive = compile(pattern, 'insensitive');
  if (insensitive.kind !== 'compiled') return insensitive;
  return { kind: 'compiled', sensitive: sensitive.regex, insensitive: insensitive.regex };
}

/** Why the pattern is not to be compiled, if there is anything against it. */
function refusal(
  pattern: string,
  caseSensitivity: CaseSensitivity,
  allowance: CompileAllowance,
  willCompile: boolean,
): RegexRefusal | undefined {
  if (!drawPattern(allowance, pattern.length)) return ALL_TOO_LARGE;
  if (pattern.length > COMPILE_LIMITS.patternLength) {
    return tooLarge(`${pattern.length} characters, at most ${COMPILE_LIMITS.patternLength} are allowed`);
  }
  const { instructions, classes, flaw } = regexSize(pattern, caseSensitivity);
  const size = instructions + classes;
  const isTooLarge = size > COMPILE_LIMITS.pattern;
  const isPaid = drawInstructions(allowance, size);
  countPattern(allowance, pattern.length, willCompile ? size : 0);
  // To parse a class is to make it: where they cost too much, nothing is even parsed.
  if (classes <= COMPILE_LIMITS.pattern && (isTooLarge || flaw !== undefined)) {
    const problem = syntaxProblem(pattern) ?? flaw;
    if (problem !== undefined) return noRegex(problem);
  }
  if (isTooLarge) return tooLarge(`${size} instructions, at most ${COMPILE_LIMITS.pattern} are allowed`);
  return isPaid ? undefined : ALL_TOO_LARGE;
}

/** Wherever a pattern breaks off, the library's parser gives up at this, and nothing is compiled. */
const NO_END = '\\E(';
const GIVEN_UP = /^(?:missing closing \)|invalid escape sequence: `\\E`)/;

/** What is wrong with the pattern itself, if anything, found without compiling it. */
function syntaxProblem(pattern: string): string | undefined {
  try {
    RE2JS.compile(`${pattern}${NO_END}`);
  } catch (error) {
    const problem = wordsOf(error);
    return GIVEN_UP.test(problem) ? undefined : problem.replace(NO_END, '');
  }
  return undefined;
}

/** The library makes a second program of some patterns that begin with `^`: never needed here, and sometimes large. */
const NO_SECOND_PROGRAM = '()';

function compile(pattern: string, caseSensitivity: CaseSensitivity): CompiledRegex {
  const flags = caseSensitivity === 'insensitive' ? RE2JS.CASE_INSENSITIVE : 0;
  try {
    const program = programOf(RE2JS.compile(`${NO_SECOND_PROGRAM}${pattern}`, flags).re2().prog);
    if (program === undefined) return noRegex('it uses what is not known here');
    const size = program.code.length / WIDTH;
    if (size > MOST_INSTRUCTIONS) return tooLarge(`${size} instructions`);
    return { kind: 'compiled', regex: regexOf(program, size) };
  } catch (error) {
    return noRegex(wordsOf(error));
  }
}

function regexOf(program: RegexProgram, size: number): Regex {
  return {
    size,
    matches: (text, effort = newEffort()) => matches(program, text, 'whole', effort),
    finds: (text, effort = newEffort()) => matches(program, text, 'part', effort),
  };
}

const wordsOf = (error: unknown): string =>
  error instanceof RE2JSException ? error.message.replace(/^error parsing regexp: /, '') : 'too complex';

const noRegex = (cause: string): RegexRefusal => ({
  kind: 'refused',
  tooLarge: false,
  problem: `not a regular expression in RE2 syntax: ${cause}; look-around and back-references do not exist there`,
  cause,
});

const tooLarge = (cause: string): RegexRefusal => ({
  kind: 'refused',
  tooLarge: true,
  problem: `the regular expression is too large: ${cause}`,
  cause,
});

const ALL_TOO_LARGE = tooLarge(
  `with those before it, this object has more than ${COMPILE_LIMITS.instructions} instructions or ${COMPILE_LIMITS.patternCharacters} characters`,
);
