/** Runs the program of a regular expression over a text: all of its threads at once, every step counted. */

import { codePointAt } from '../base/code-points.ts';
import {
  ANY,
  ANY_BUT_NEWLINE,
  ASSERT,
  BRANCH,
  CHARACTER,
  CLASS,
  FOLDED,
  MATCH,
  type RegexProgram,
  WIDTH,
} from './program.ts';

/** What is left of the steps that may be taken. Below 0: they are spent, and no answer is of any worth. */
export interface Effort {
  left: number;
}

/** Steps of one request, over all patterns and all readings of its path: some 2 to 4 ms. */
export const MOST_STEPS = 250_000;

export const newEffort = (): Effort => ({ left: MOST_STEPS });

/** Instructions of the largest program that is run. */
export const MOST_INSTRUCTIONS = 1024;

/** The instructions that the threads have come to at one place of the text, each once. */
interface Threads {
  readonly reached: Int32Array;
  /** Where each instruction stands in `reached`, if it does. */
  readonly places: Int32Array;
  count: number;
  matched: boolean;
}

const threads = (): Threads => ({
  reached: new Int32Array(MOST_INSTRUCTIONS),
  places: new Int32Array(MOST_INSTRUCTIONS),
  count: 0,
  matched: false,
});

// No run begins within another: all of them use the same memory.
const lists = [threads(), threads()] as const;
/** Instructions that are to be added: each that is added puts in two at most. */
const waiting = new Int32Array(2 * MOST_INSTRUCTIONS);

/** Before the first character, and after the last. */
const NOTHING = -1;

/**
 * Whether the program matches the whole text, or some part of it. A step is an instruction that is reached at one place
 * of the text: there are never more than the program has instructions, times the places.
 */
export function matches(
  program: RegexProgram,
  text: string,
  what: 'whole' | 'part',
  effort: Effort,
): boolean {
  const isWhole = what === 'whole';
  let [here, next] = lists;
  clear(here);
  let at = 0;
  let character = characterAt(text, at);
  let holding = assertions(NOTHING, character);
  for (;;) {
    if (at === 0 || !isWhole) follow(program, program.start, here, holding);
    effort.left -= here.count;
    if (effort.left < 0) return false;
    const isEnd = character === NOTHING;
    if (here.matched && (isEnd || !isWhole)) return true;
    if (isEnd || (here.count === 0 && isWhole)) return false;
    at += character > 0xffff ? 2 : 1;
    const following = characterAt(text, at);
    holding = assertions(character, following);
    clear(next);
    read(program, here, character, next, holding);
    character = following;
    [here, next] = [next, here];
  }
}

/** Takes every thread that reads the character to where it goes on. */
function read(program: RegexProgram, here: Threads, character: number, next: Threads, holding: number): void {
  for (let i = 0; i < here.count; i++) {
    const pc = here.reached[i] ?? 0;
    if (reads(program, pc, character)) follow(program, program.code[pc * WIDTH + 2] ?? 0, next, holding);
  }
}

function clear(list: Threads): void {
  list.count = 0;
  list.matched = false;
}

function characterAt(text: string, at: number): number {
  return codePointAt(text, at) ?? NOTHING;
}

/** Adds the instruction, and all that are reached from it without reading. */
function follow({ code }: RegexProgram, start: number, list: Threads, holding: number): void {
  let count = 0;
  waiting[count++] = start;
  while (count > 0) {
    const pc = waiting[--count] ?? 0;
    if (!add(list, pc)) continue;
    const at = pc * WIDTH;
    const argument = code[at + 1] ?? 0;
    switch (code[at]) {
      case BRANCH:
        waiting[count++] = argument;
        waiting[count++] = code[at + 2] ?? 0;
        break;
      case ASSERT:
        if ((argument & ~holding) === 0) waiting[count++] = code[at + 2] ?? 0;
        break;
      case MATCH:
        list.matched = true;
        break;
    }
  }
}

/** False: it was there before. */
function add(list: Threads, pc: number): boolean {
  const { reached, places, count } = list;
  const place = places[pc] ?? 0;
  if (place < count && reached[place] === pc) return false;
  places[pc] = count;
  reached[count] = pc;
  list.count = count + 1;
  return true;
}

function reads({ code, classes }: RegexProgram, pc: number, character: number): boolean {
  const argument = code[pc * WIDTH + 1] ?? 0;
  switch (code[pc * WIDTH]) {
    case CHARACTER:
      return character === argument;
    case FOLDED:
      return character < 0x80 && (character | 0x20) === (argument | 0x20);
    case CLASS:
      return isWithin(classes[argument] ?? NO_RANGES, character);
    case ANY:
      return true;
    case ANY_BUT_NEWLINE:
      return character !== NEWLINE;
    default:
      return false;
  }
}

const NO_RANGES = new Int32Array();
const NEWLINE = 10;

function isWithin(ranges: Int32Array, character: number): boolean {
  let low = 0;
  let high = ranges.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (character > (ranges[2 * middle + 1] ?? 0)) low = middle + 1;
    else high = middle;
  }
  return 2 * low < ranges.length && character >= (ranges[2 * low] ?? 0);
}

/** The library's bits for what may be asserted of a place: of lines, of the text, and of words. */
function assertions(before: number, after: number): number {
  return (
    (before === NOTHING ? 1 | 4 : before === NEWLINE ? 1 : 0) |
    (after === NOTHING ? 2 | 8 : after === NEWLINE ? 2 : 0) |
    (isOfWord(before) === isOfWord(after) ? 32 : 16)
  );
}

function isOfWord(character: number): boolean {
  return (
    (character >= 0x61 && character <= 0x7a) ||
    (character >= 0x41 && character <= 0x5a) ||
    (character >= 0x30 && character <= 0x39) ||
    character === 0x5f
  );
}
