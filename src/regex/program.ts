/** A regular expression's program, made of what the library compiles: flat, small, and without the library's caches. */

import { RE2JS } from 're2js';

/** Each instruction is three numbers: what it does, its argument, and the instruction that follows. */
export interface RegexProgram {
  readonly code: Int32Array;
  /** Ranges, each by its first and its last character. */
  readonly classes: readonly Int32Array[];
  readonly start: number;
}

export const WIDTH = 3;

/** Dead end. */
export const FAIL = 0;
/** Goes on at its argument, too. */
export const BRANCH = 1;
/** Goes on where all of its argument's assertions hold. */
export const ASSERT = 2;
/** Reads its argument. */
export const CHARACTER = 3;
/** Reads its argument, an ASCII letter whose cases are all in ASCII, in either case. */
export const FOLDED = 4;
/** Reads a character of the class that its argument counts. */
export const CLASS = 5;
export const ANY = 6;
export const ANY_BUT_NEWLINE = 7;
export const MATCH = 8;
/** Does nothing. Nothing leads to it. */
const PASS = 9;

/** An instruction as the library makes it. */
interface LibraryInstruction {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  readonly runes: Int32Array;
}

/** The library's numbers of what an instruction does. It has more, which it makes only when asked to. */
const BY_LIBRARY: ReadonlyMap<number, number> = new Map([
  ...[[1, BRANCH] as const, [3, PASS] as const, [4, ASSERT] as const, [5, FAIL] as const],
  ...[[6, MATCH] as const, [7, PASS] as const, [8, CLASS] as const, [9, CLASS] as const],
  ...[[10, ANY] as const, [11, ANY_BUT_NEWLINE] as const],
]);
/** On a character of the library's: in any case. */
const FOLDS = 1;

/** The ranges of characters that have cases beyond ASCII, of which there are some three thousand. */
const foldings = new Map<number, Int32Array>();

/** Undefined where the library has made what is not known here. */
export function programOf(compiled: unknown): RegexProgram | undefined {
  const found = readCompiled(compiled);
  if (found === undefined) return undefined;
  const { instructions, start } = found;
  const code = new Int32Array(instructions.length * WIDTH);
  const classes = new Map<Int32Array, number>();
  for (const [i, instruction] of instructions.entries()) {
    const op = BY_LIBRARY.get(instruction.op);
    if (op === undefined) return undefined;
    const own = op === CLASS ? reading(instruction, classes) : [op, instruction.arg];
    code.set([...own, instruction.out], i * WIDTH);
  }
  skipPasses(code);
  return {
    code,
    classes: Array.from(classes.keys(), (ranges) => ranges.slice()),
    start: firstAt(code, start),
  };
}

/** One that reads a character, or one of a class. Instructions that repetition has made share their class. */
function reading(instruction: LibraryInstruction, classes: Map<Int32Array, number>): readonly number[] {
  const { runes, arg } = instruction;
  const [character] = runes;
  if (runes.length === 1 && character !== undefined) {
    if ((arg & FOLDS) === 0) return [CHARACTER, character];
    const cases = casesOf(character);
    return cases === undefined ? [FOLDED, character] : [CLASS, numberOf(cases, classes)];
  }
  return [CLASS, numberOf(runes, classes)];
}

function numberOf(ranges: Int32Array, classes: Map<Int32Array, number>): number {
  const known = classes.get(ranges);
  if (known !== undefined) return known;
  classes.set(ranges, classes.size);
  return classes.size - 1;
}

/** The ranges of a character in all of its cases, as the library knows them. Undefined: they are those of ASCII. */
function casesOf(character: number): Int32Array | undefined {
  const isAscii = character < 0x80;
  if (isAscii && !CASES_BEYOND_ASCII.has(character)) return undefined;
  let cases = foldings.get(character);
  if (cases === undefined) {
    // With NUL, which has no cases, since the library would make a class of one character's cases a character again.
    const pattern = `[\\x00\\x{${character.toString(16)}}]`;
    const compiled = readCompiled(RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE).re2().prog);
    const ranges = compiled?.instructions.find(({ runes }) => runes.length > 2)?.runes;
    if (ranges === undefined) throw new RangeError(`no cases of ${character}`);
    cases = ranges.slice(2);
    foldings.set(character, cases);
  }
  return cases;
}

/** K and S: the Kelvin sign is a k, and the long s an s. */
const CASES_BEYOND_ASCII: ReadonlySet<number> = new Set(Array.from('KkSs', (letter) => letter.charCodeAt(0)));

/** No instruction that does nothing is looked at. */
function skipPasses(code: Int32Array): void {
  for (let at = 0; at < code.length; at += WIDTH) {
    code[at + 2] = firstAt(code, code[at + 2] ?? 0);
    if (code[at] === BRANCH) code[at + 1] = firstAt(code, code[at + 1] ?? 0);
  }
}

function firstAt(code: Int32Array, start: number): number {
  let at = start;
  for (let steps = 0; code[at * WIDTH] === PASS && steps < code.length; steps++) {
    at = code[at * WIDTH + 2] ?? 0;
  }
  return at;
}

/** The library says nothing of the types of what it keeps. */
function readCompiled(
  compiled: unknown,
): { readonly instructions: readonly LibraryInstruction[]; readonly start: number } | undefined {
  if (!hasMembers(compiled, 'inst', 'start')) return undefined;
  const { inst, start } = compiled;
  if (typeof start !== 'number' || !Array.isArray(inst) || !inst.every(isInstruction)) return undefined;
  return { instructions: inst, start };
}

function isInstruction(value: unknown): value is LibraryInstruction {
  return (
    hasMembers(value, 'op', 'out', 'arg', 'runes') &&
    [value.op, value.out, value.arg].every((member) => typeof member === 'number') &&
    value.runes instanceof Int32Array
  );
}

function hasMembers<K extends string>(value: unknown, ...names: readonly K[]): value is Record<K, unknown> {
  return typeof value === 'object' && value !== null && names.every((name) => name in value);
}
