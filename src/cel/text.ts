/**
 * Work on strings, each piece of which is paid for before it is done. Positions count code points.
 */

import { codePointAt, widthAt } from '../base/code-points.ts';
import type { Evaluation } from './evaluation.ts';
import { Fault, type List } from './values.ts';

export const OUT_OF_RANGE = new Fault('a position outside its string was read');
const NOT_STRINGS = new Fault('a list that holds more than strings was joined');

const SURROGATE = /[\ud800-\udfff]/;

/** How many code points a string has. */
export function codePoints(text: string, evaluation: Evaluation): number {
  evaluation.bytes(text.length);
  if (!SURROGATE.test(text)) return text.length;
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Where a code point begins, in UTF-16 units; undefined outside 0 to the string's length. */
export function unitOffset(text: string, position: bigint, evaluation: Evaluation): number | undefined {
  evaluation.bytes(text.length);
  if (position < 0n || position > text.length) return undefined;
  if (!SURROGATE.test(text)) return Number(position);
  let offset = 0;
  for (let left = Number(position); left > 0; left--) {
    if (offset >= text.length) return undefined;
    offset += widthAt(text, offset);
  }
  return offset;
}

/** A native search may compare every position with the whole pattern: it is paid for as if it did. */
export function paySearch(text: string, pattern: string, evaluation: Evaluation): void {
  evaluation.bytes(text.length + Math.ceil((positions(text, pattern) * pattern.length) / 16));
}

/** Where a pattern could stand: nowhere, if it is the longer one. */
function positions(text: string, pattern: string): number {
  return Math.max(0, text.length - pattern.length + 1);
}

export function indexOf(text: string, pattern: string, from: number, evaluation: Evaluation): bigint {
  paySearch(text, pattern, evaluation);
  return position(text, text.indexOf(pattern, from), evaluation);
}

export function lastIndexOf(text: string, pattern: string, from: number, evaluation: Evaluation): bigint {
  // From the end it compares naively, and is paid for in full.
  evaluation.bytes(text.length + positions(text, pattern) * pattern.length);
  return position(text, text.lastIndexOf(pattern, from), evaluation);
}

function position(text: string, unit: number, evaluation: Evaluation): bigint {
  return BigInt(unit <= 0 ? unit : codePoints(text.slice(0, unit), evaluation));
}

export function charAt(text: string, at: bigint, evaluation: Evaluation): string | Fault {
  const offset = unitOffset(text, at, evaluation);
  if (offset === undefined) return OUT_OF_RANGE;
  const codePoint = codePointAt(text, offset);
  return codePoint === undefined ? '' : String.fromCodePoint(codePoint);
}

export function substring(
  text: string,
  start: bigint,
  end: bigint | undefined,
  evaluation: Evaluation,
): string | Fault {
  const from = unitOffset(text, start, evaluation);
  const to = end === undefined ? text.length : unitOffset(text, end, evaluation);
  return from === undefined || to === undefined || from > to ? OUT_OF_RANGE : text.slice(from, to);
}

/** Pieces between separators, at most `limit` (negative = all) of them: the last one keeps the rest. */
export function split(
  text: string,
  separator: string,
  limit: bigint,
  evaluation: Evaluation,
): readonly string[] {
  if (limit === 0n) return [];
  paySearch(text, separator, evaluation);
  const pieces = separator === '' ? [...text] : text.split(separator);
  evaluation.steps(Math.ceil(pieces.length / 8));
  if (limit > 0n && pieces.length > limit) {
    const whole = pieces.slice(0, Number(limit) - 1);
    whole.push(pieces.slice(whole.length).join(separator));
    evaluation.boundElements(whole.length);
    return whole;
  }
  evaluation.boundElements(pieces.length);
  return pieces;
}

/** Replaces the first `limit` (negative = all) occurrences; an empty one stands around every code point. */
export function replace(
  text: string,
  old: string,
  by: string,
  limit: bigint,
  evaluation: Evaluation,
): string {
  paySearch(text, old, evaluation);
  const pieces = old === '' ? ['', ...text, ''] : text.split(old);
  const most = pieces.length - 1;
  const count = limit < 0n || limit > most ? most : Number(limit);
  evaluation.make(text.length + count * (by.length - old.length));
  const made = pieces.slice(0, count + 1).join(by);
  return evaluation.boundedString(count < most ? `${made}${old}${pieces.slice(count + 1).join(old)}` : made);
}

export function join(list: List, separator: string, evaluation: Evaluation): string | Fault {
  let joined = '';
  for (const [i, piece] of list.entries()) {
    evaluation.steps(1);
    if (typeof piece !== 'string') return NOT_STRINGS;
    evaluation.bytes(piece.length + separator.length);
    joined += i === 0 ? piece : separator + piece;
    evaluation.boundLength(joined.length);
  }
  return evaluation.boundedString(joined);
}

/** Unicode's white space, as the extension lists it. */
const SPACE = new Set(
  '\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000',
);

/** In one pass from each end: a regular expression for the end would try every run of spaces anew. */
export function trim(text: string, evaluation: Evaluation): string {
  evaluation.bytes(text.length);
  let start = 0;
  let end = text.length;
  while (start < end && SPACE.has(text.charAt(start))) start += 1;
  while (end > start && SPACE.has(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

const ESCAPES = new Map([
  ['\0', '\\0'],
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\v', '\\v'],
  ['\f', '\\f'],
  ['\r', '\\r'],
  ['"', '\\"'],
  ['\\', '\\\\'],
]);

/** The string as a literal that means it. */
export function quote(text: string, evaluation: Evaluation): string {
  evaluation.bytes(2 * text.length);
  const characters = Array.from(text, (character) => ESCAPES.get(character) ?? character);
  return evaluation.boundedString(`"${characters.join('')}"`);
}
