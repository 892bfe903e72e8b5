/** Strict JSON objects: no duplicate members, bounded depth, valid UTF-8, whole characters, finite numbers. */

import { type Buffer, isUtf8 } from 'node:buffer';
import { parseForeignObject } from '../../base/foreign-json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';

/** Deeper than any token of the known providers; a bound for everything that walks the claims. */
const MAX_DEPTH = 32;

export interface StrictObject {
  readonly value: JsonObject;
  /** What it was parsed from: numbers may have more digits there. */
  readonly text: string;
}

/**
 * Parses bytes as one JSON object. Undefined when they are anything else, name a member twice in one
 * object (RFC 7515 section 4: parsers disagree on which wins), hold a number or a text that is none, or nest
 * deeper than 32.
 */
export function parseStrictObject(bytes: Buffer): StrictObject | undefined {
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString('utf8');
  const parsed = parseForeignObject(text);
  if (parsed === undefined) return undefined;
  const { value, names } = parsed;
  return membersOf(value, 1) === names ? { value, text } : undefined;
}

/**
 * How many members all objects in a value have together. NaN, which equals nothing, where it nests too deep, holds a
 * number that is too large for a double, or half a surrogate pair, which is no character (RFC 8259 section 8.2): halves
 * all become one character in a header or a log, and two users would be one.
 */
function membersOf(value: JsonValue, depth: number): number {
  if (typeof value === 'string') return value.isWellFormed() ? 0 : Number.NaN;
  if (typeof value === 'number') return Number.isFinite(value) ? 0 : Number.NaN;
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > MAX_DEPTH) return Number.NaN;
  let members = 0;
  if (isJsonObject(value)) {
    for (const name of Object.keys(value)) {
      if (!name.isWellFormed()) return Number.NaN;
      members += 1 + membersOf(value[name] ?? null, depth + 1);
    }
  } else for (const element of value) members += membersOf(element, depth + 1);
  return members;
}
