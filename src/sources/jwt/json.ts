/** Strict JSON objects: no duplicate members, bounded depth, valid UTF-8, whole characters, finite numbers. */

import { type Buffer, isUtf8 } from 'node:buffer';
import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COMMA,
  type JsonObject,
  type JsonValue,
  OPEN_ARRAY,
  OPEN_OBJECT,
  parseJsonObject,
  QUOTE,
} from '../../base/json.ts';

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
  const value = parseJsonObject(text);
  if (value === undefined || !isPlain(text) || (MAY_BE_UNSOUND.test(text) && !isSound(value)))
    return undefined;
  return { value, text };
}

/**
 * Numbers that may be too large for a double have an exponent, or hundreds of digits. Half a surrogate pair,
 * which is no character (RFC 8259 section 8.2), can only stand there as an escape.
 */
const MAY_BE_UNSOUND = /[0-9][eE]|[0-9]{300}|\\u[dD][89a-fA-F]/;

/** Halves of surrogate pairs all become one character in a header or a log: two users would be one. */
function isSound(value: JsonValue): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => name.isWellFormed() && isSound(member));
}

/** Walks text that JSON.parse has accepted, so only strings and brackets need to be told apart. */
function isPlain(text: string): boolean {
  const open: (Set<string> | undefined)[] = [];
  let members: Set<string> | undefined;
  let nameNext = false;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case QUOTE: {
        const end = closingQuote(text, i);
        if (nameNext && members !== undefined) {
          const name = memberName(text, i, end);
          if (members.has(name)) return false;
          members.add(name);
          nameNext = false;
        }
        i = end;
        break;
      }
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        members = text.charCodeAt(i) === OPEN_OBJECT ? new Set() : undefined;
        nameNext = members !== undefined;
        if (open.push(members) > MAX_DEPTH) return false;
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        open.pop();
        members = open.at(-1);
        nameNext = false;
        break;
      case COMMA:
        nameNext = members !== undefined;
        break;
    }
  }
  return true;
}

function closingQuote(text: string, start: number): number {
  let i = start + 1;
  while (text.charCodeAt(i) !== QUOTE) i += text.charCodeAt(i) === BACKSLASH ? 2 : 1;
  return i;
}

/** Two spellings of one name are one name: escapes are resolved before names are compared. */
function memberName(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end);
  return raw.includes('\\') ? String(JSON.parse(text.slice(start, end + 1))) : raw;
}
