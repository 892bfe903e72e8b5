/** What one object's regular expressions and expressions may take to compile, in all. */

import type { Steps } from '../base/steps.ts';

export const COMPILE_LIMITS = {
  /** Characters of a regular expression. */
  patternLength: 2048,
  /** Instructions of a regular expression. */
  pattern: 1000,
  /** Instructions of all that an object has. */
  instructions: 20_000,
  /** Characters of the same: some take many for an instruction. */
  patternCharacters: 100_000,
  /** Characters of all of an object's expressions. */
  characters: 20_000,
  /** What a policy takes up, in instructions: some 200 MB at the very worst, seldom a half of it. */
  policy: 3_000_000,
} as const;

/** What a compiled regular expression takes up beside its instructions, counted in these. */
const OVERHEAD = 16;
/** An expression's character takes as long as so many instructions, and takes up as much memory as so many. */
const CHARACTER = { work: 3, taken: 1.5 };
/** So many characters of a path, or of a pattern that is only parsed, take as long as one instruction. */
const PATH_CHARACTERS = 8;
const PARSED_CHARACTERS = 4;

export interface CompileAllowance {
  /** What is left. Below 0: whatever else draws on it is refused before it is looked at. */
  instructions: number;
  patternCharacters: number;
  characters: number;
  /** What has been compiled takes up so many instructions of memory. */
  taken: number;
  /** What has been done so far takes as long as to compile so many instructions. */
  work: number;
}

export const newAllowance = (): CompileAllowance => ({
  instructions: COMPILE_LIMITS.instructions,
  patternCharacters: COMPILE_LIMITS.patternCharacters,
  characters: COMPILE_LIMITS.characters,
  taken: 0,
  work: 0,
});

/** Draws a regular expression's text. False: there was too little. */
export function drawPattern(allowance: CompileAllowance, length: number): boolean {
  allowance.patternCharacters -= Math.min(length, COMPILE_LIMITS.patternLength);
  return !isSpent(allowance);
}

/** Draws its instructions, those of one that is refused, too. */
export function drawInstructions(allowance: CompileAllowance, size: number): boolean {
  allowance.instructions -= Math.min(size, COMPILE_LIMITS.pattern);
  allowance.taken += size + OVERHEAD;
  return allowance.instructions >= 0;
}

/** Counts that a pattern of so many characters is parsed, and compiled to so many instructions, if it is. */
export function countPattern(allowance: CompileAllowance, length: number, compiled: number): void {
  allowance.work += OVERHEAD + length / PARSED_CHARACTERS + Math.min(compiled, COMPILE_LIMITS.pattern);
}

/** Draws an expression's text. */
export function drawCharacters(allowance: CompileAllowance, count: number): boolean {
  allowance.characters -= count;
  if (allowance.characters < 0) return false;
  allowance.work += CHARACTER.work * count;
  allowance.taken += CHARACTER.taken * count;
  return true;
}

/** A path that is no regular expression has no bound here: it takes little. */
export function countPath(allowance: CompileAllowance, length: number): void {
  allowance.work += 1 + length / PATH_CHARACTERS;
}

export const isSpent = ({ instructions, patternCharacters, characters }: CompileAllowance): boolean =>
  instructions < 0 || patternCharacters < 0 || characters < 0;

/** Takes the step, and yields what it has cost. */
export function* counted<T>(allowance: CompileAllowance, step: () => T): Steps<T> {
  const before = allowance.work;
  const made = step();
  yield allowance.work - before;
  return made;
}

export const TOO_MANY_CHARACTERS = `the expressions of this object are too large: with those before it, more than ${COMPILE_LIMITS.characters} characters`;
