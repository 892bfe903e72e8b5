/** What one object's regular expressions and expressions may take to compile, in all. */

export const COMPILE_LIMITS = {
  /** Characters of a regular expression. */
  patternLength: 2048,
  /** Instructions of a regular expression. */
  pattern: 1000,
  /** Instructions of all that an object has: with their classes, some 50 to 150 ms to compile. */
  instructions: 20_000,
  /** Characters of all of an object's expressions: some 50 to 150 ms to parse. */
  characters: 20_000,
  /** Instructions of a policy: they and their classes take up some 128 MB at the very worst, seldom a half of it. */
  policy: 2_000_000,
} as const;

/** What a compiled regular expression takes up beside its instructions, counted in these. */
const OVERHEAD = 16;

export interface CompileAllowance {
  /** What is left. Below 0: whatever else draws on it is refused before it is looked at. */
  instructions: number;
  characters: number;
  /** What has been compiled takes up so many instructions of memory. */
  taken: number;
}

export const newAllowance = (): CompileAllowance => ({
  instructions: COMPILE_LIMITS.instructions,
  characters: COMPILE_LIMITS.characters,
  taken: 0,
});

/** Draws a regular expression's instructions, those of one that is refused, too. False: there were too few. */
export function drawInstructions(allowance: CompileAllowance, size: number): boolean {
  allowance.instructions -= Math.min(size, COMPILE_LIMITS.pattern);
  allowance.taken += size + OVERHEAD;
  return allowance.instructions >= 0;
}

export const isSpent = ({ instructions, characters }: CompileAllowance): boolean =>
  instructions < 0 || characters < 0;

/** What has been compiled so far, and parsed of expressions, of which a character takes about as long as an instruction. */
export const workDone = ({ characters, taken }: CompileAllowance): number =>
  taken + COMPILE_LIMITS.characters - characters;

/** Draws an expression's text. */
export function drawCharacters(allowance: CompileAllowance, count: number): boolean {
  allowance.characters -= count;
  return allowance.characters >= 0;
}

export const TOO_MANY_CHARACTERS = `the expressions of this object are too large: with those before it, more than ${COMPILE_LIMITS.characters} characters`;
