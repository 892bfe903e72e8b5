/**
 * How large a regular expression's program becomes, computed from its text before it is compiled: RE2's measure,
 * by which repetition multiplies what is repeated. Takes time linear in the text.
 */

import { widthAt } from '../base/code-points.ts';
import { type CharacterClass, characterClass, escapeAt } from './classes.ts';

export interface RegexSize {
  /** Instructions of the program: never fewer than the library makes, seldom many more. */
  readonly instructions: number;
  /** What its character classes cost to make, in instructions. Repetition shares them. */
  readonly classes: number;
  /** What the text lacks, if it breaks off or goes wrong. The sizes are of what stands before that. */
  readonly flaw: string | undefined;
}

/** What has been read of a group, or of the whole. */
interface Group {
  readonly captures: boolean;
  /** Whether cases are folded outside of it. */
  readonly foldsAround: boolean;
  /** Alternatives that are complete, with the branches between them. */
  alternatives: number;
  /** Of the alternative that is being read: all but its last part. */
  parts: number;
  /** The part that a repetition would repeat. */
  last: number | undefined;
}

/** Sizes past it are all the same. */
const MOST = 1_000_000;

const REPETITION = /\{(0|[1-9]\d*)(?:(,)(0|[1-9]\d*)?)?\}/y;
const NAMED_GROUP = /\(\?P?<[^>]*>/y;
const FLAGS = /\(\?([imsU]*)(?:-([imsU]+))?([:)])/y;
/** What is at most one instruction, whatever the flags: an assertion, or a class of ASCII. */
const SHORT_ESCAPE = /\\[AbBzdDsSwW]/y;
const QUOTED = /\\Q([\s\S]*?)(?:\\E|$)/y;

export function regexSize(pattern: string, caseSensitivity: 'sensitive' | 'insensitive'): RegexSize {
  let folds = caseSensitivity === 'insensitive';
  let classes = 0;
  let at = 0;
  const open = (captures: boolean): Group => ({
    captures,
    foldsAround: folds,
    alternatives: 0,
    parts: 0,
    last: undefined,
  });
  let group = open(false);
  const around: Group[] = [];

  const add = (size: number): void => {
    group.parts = Math.min(MOST, group.parts + (group.last ?? 0));
    group.last = Math.min(MOST, size);
  };
  const skip = (expected: RegExp): RegExpExecArray | null => {
    expected.lastIndex = at;
    const found = expected.exec(pattern);
    if (found !== null) at = expected.lastIndex;
    return found;
  };
  const addClass = (found: CharacterClass | undefined): boolean => {
    if (found === undefined) return false;
    classes += found.cost;
    at = found.end;
    add(1);
    return true;
  };
  /** At `(`. */
  const enter = (): boolean => {
    const flags = skip(FLAGS);
    if (flags !== null) {
      const [, on = '', off = '', end] = flags;
      const folding = off.includes('i') ? false : folds || on.includes('i');
      if (end === ':') {
        around.push(group);
        group = open(false);
      }
      folds = folding;
      return true;
    }
    if (pattern[at + 1] !== '?') at += 1;
    else if (skip(NAMED_GROUP) === null) return false;
    around.push(group);
    group = open(true);
    return true;
  };
  const leave = (): boolean => {
    const outer = around.pop();
    if (outer === undefined) return false;
    const size = groupSize(group);
    folds = group.foldsAround;
    group = outer;
    add(size);
    at += 1;
    return true;
  };
  /** `size` of a part becomes that of the repeated part. */
  const repeat = (size: (part: number) => number): boolean => {
    if (group.last === undefined) return false;
    group.last = Math.min(MOST, Math.max(1, size(group.last)));
    if (pattern[at] === '?') at += 1;
    return true;
  };
  const repeatCounted = (): boolean => {
    const found = skip(REPETITION);
    if (found === null) return addCharacter();
    const [, least = '', comma, most] = found;
    const [min, max] = [Number(least), Number(most ?? least)];
    if (comma !== undefined && most === undefined) {
      return repeat((part) => (min === 0 ? part + 2 : min * part + 1));
    }
    return max >= min && repeat((part) => max * part + (max - min));
  };
  const addCharacter = (): boolean => {
    at += widthAt(pattern, at);
    add(1);
    return true;
  };
  /** At a backslash. */
  const readEscape = (): boolean => {
    const quoted = skip(QUOTED);
    if (quoted !== null) {
      for (const _ of quoted[1] ?? '') add(1);
      return true;
    }
    if (skip(SHORT_ESCAPE) !== null) {
      add(1);
      return true;
    }
    if (/[pP]/.test(pattern[at + 1] ?? '')) return addClass(characterClass(pattern, at, folds));
    const found = escapeAt(pattern, at);
    if (found === undefined) return false;
    at = found.end;
    add(1);
    return true;
  };

  const step = (): boolean => {
    switch (pattern[at]) {
      case '(':
        return enter();
      case ')':
        return leave();
      case '|':
        group.alternatives = Math.min(MOST, group.alternatives + alternativeSize(group) + 1);
        group.parts = 0;
        group.last = undefined;
        at += 1;
        return true;
      case '*':
        at += 1;
        return repeat((part) => part + 2);
      case '+':
      case '?':
        at += 1;
        return repeat((part) => part + 1);
      case '{':
        return repeatCounted();
      case '\\':
        return readEscape();
      case '[':
        return addClass(characterClass(pattern, at, folds));
      default:
        return addCharacter();
    }
  };

  let flaw: string | undefined;
  while (flaw === undefined && at < pattern.length) {
    const beginning = pattern[at] ?? '';
    if (!step()) flaw = FLAWS[beginning] ?? 'it goes wrong';
  }
  if (around.length > 0) flaw ??= FLAWS['('];
  while (around.length > 0) leave();
  // One instruction to begin with, and one to match.
  return { instructions: groupSize(group) + 2, classes: Math.ceil(classes), flaw };
}

/** By the character at which the text can be read no further. */
const FLAWS: Readonly<Record<string, string>> = {
  '(': 'missing closing )',
  '[': 'missing closing ]',
  '\\': 'an escape that is not complete',
};

/** Nothing, too, takes an instruction. */
const alternativeSize = ({ parts, last }: Group): number => Math.max(1, parts + (last ?? 0));

const groupSize = (group: Group): number =>
  Math.min(MOST, group.alternatives + alternativeSize(group) + (group.captures ? 2 : 0));
