/** Character classes of RE2's syntax as they are written: where each ends, and what it costs to make. */

import { RE2JS } from 're2js';
import { codePointAt } from '../base/code-points.ts';

export interface CharacterClass {
  /** In instructions. */
  readonly cost: number;
  /** Where the text goes on. */
  readonly end: number;
}

/** To make and to keep a class of so many ranges takes what one instruction does, or little more. */
const RANGES_PER_INSTRUCTION = 4;
/** To fold so many characters of a class takes the time of one instruction. */
const FOLDED_PER_INSTRUCTION = 96;
/** The first and the last character with another case. */
const FOLDING = { first: 0x41, last: 0x1e943 };

const UNICODE_CLASS = /\\[pP](?:\{\^?([^}]*)\}|([^{]))/uy;
const ASCII_CLASS = /\\[dDsSwW]|\[:\^?[a-z]*:\]/y;

/** The class that begins at `start`: in brackets, or one of Unicode's. Undefined where none ends. */
export function characterClass(pattern: string, start: number, folds: boolean): CharacterClass | undefined {
  if (pattern[start] !== '[') return unicodeClass(pattern, start, folds);
  let at = start + (pattern[start + 1] === '^' ? 2 : 1);
  const first = at;
  let cost = 0;
  while (at < pattern.length) {
    if (pattern[at] === ']' && at > first) return { cost, end: at + 1 };
    const member = unicodeClass(pattern, at, folds) ?? asciiClass(pattern, at) ?? range(pattern, at, folds);
    if (member === undefined) return undefined;
    cost += member.cost;
    at = member.end;
  }
  return undefined;
}

function unicodeClass(pattern: string, at: number, folds: boolean): CharacterClass | undefined {
  UNICODE_CLASS.lastIndex = at;
  const found = UNICODE_CLASS.exec(pattern);
  if (found === null) return undefined;
  const ranges = unicodeRanges(found[1] ?? found[2] ?? '', folds);
  return { cost: ranges / RANGES_PER_INSTRUCTION, end: UNICODE_CLASS.lastIndex };
}

const known = new Map<string, number>();

/** Ranges of a class of Unicode's. One that there is not is refused soon after, and costs nothing. */
function unicodeRanges(name: string, folds: boolean): number {
  if (!/^[A-Za-z_]{1,64}$/.test(name)) return 0;
  const class_ = `${folds ? '(?i)' : ''}\\p{${name}}`;
  let ranges = known.get(class_);
  if (ranges === undefined) {
    ranges = rangesOf(class_);
    if (ranges > 0) known.set(class_, ranges);
  }
  return ranges;
}

/** Of a pattern that is a class and nothing else. */
function rangesOf(pattern: string): number {
  try {
    const [, instruction] = RE2JS.compile(pattern).re2().prog.inst;
    return Math.max(1, Number(instruction.runes.length) / 2);
  } catch {
    return 0;
  }
}

function asciiClass(pattern: string, at: number): CharacterClass | undefined {
  ASCII_CLASS.lastIndex = at;
  return ASCII_CLASS.test(pattern) ? { cost: 1, end: ASCII_CLASS.lastIndex } : undefined;
}

function range(pattern: string, at: number, folds: boolean): CharacterClass | undefined {
  const low = characterAt(pattern, at);
  if (low === undefined) return undefined;
  const isRange = pattern[low.end] === '-' && pattern[low.end + 1] !== ']';
  const high = isRange ? characterAt(pattern, low.end + 1) : low;
  if (high === undefined) return undefined;
  const folded = folds ? foldedWithin(low.character, high.character) / FOLDED_PER_INSTRUCTION : 0;
  return { cost: 1 / RANGES_PER_INSTRUCTION + folded, end: high.end };
}

/** How many characters the library folds one by one: none where all of them are in the range. */
function foldedWithin(low: number, high: number): number {
  const { first, last } = FOLDING;
  if (low <= first && high >= last) return 0;
  return Math.max(0, Math.min(high, last) - Math.max(low, first) + 1);
}

export interface Character {
  readonly character: number;
  readonly end: number;
}

function characterAt(pattern: string, at: number): Character | undefined {
  if (pattern[at] === '\\') return escapeAt(pattern, at);
  const character = codePointAt(pattern, at);
  return character === undefined ? undefined : { character, end: at + (character > 0xffff ? 2 : 1) };
}

const ESCAPE =
  /\\(?:(?<octal>0[0-7]{0,2}|[1-7][0-7]{1,2})|x\{(?<long>[0-9A-Fa-f]+)\}|x(?<hex>[0-9A-Fa-f]{2})|(?<control>[afnrtv])|(?<self>[^\p{L}\p{N}]))/uy;
const CONTROLS: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** The character that an escape stands for. Undefined where it stands for none. */
export function escapeAt(pattern: string, at: number): Character | undefined {
  ESCAPE.lastIndex = at;
  const { octal, long, hex, control, self } = ESCAPE.exec(pattern)?.groups ?? {};
  const end = ESCAPE.lastIndex;
  if (octal !== undefined) return { character: Number.parseInt(octal, 8), end };
  if (long !== undefined) return { character: Math.min(0x10ffff, Number.parseInt(long, 16)), end };
  if (hex !== undefined) return { character: Number.parseInt(hex, 16), end };
  if (control !== undefined) return { character: CONTROLS[control] ?? 0, end };
  return self === undefined ? undefined : { character: codePointAt(self, 0) ?? 0, end };
}
