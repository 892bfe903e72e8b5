/**
 * Reads JSON from untrusted senders. V8 14.6 (Node.js 26) misreads a member's name that is written with escapes where an
 * object before went on, after the same members, with the first characters of that name as they are written: it takes
 * `"\u0061"` for `\`. So one sender's text could change what is read of another's. Here such names are read alone.
 */

import { BACKSLASH, COLON, isJsonObject, type JsonObject, type JsonValue, parseJson } from './json.ts';

export interface ForeignObject {
  readonly value: JsonObject;
  /** How many members the text names: more than there are, where an object names one twice. */
  readonly names: number;
}

/** Parses a JSON object; undefined for any other text. */
export function parseForeignObject(text: string): ForeignObject | undefined {
  const parsed = parseJson(text);
  if (!isJsonObject(parsed)) return undefined;
  const { names, areEscaped } = namesIn(text);
  const value = areEscaped ? rebuild(text) : parsed;
  return isJsonObject(value) ? { value, names } : undefined;
}

/** The names in a text that JSON.parse accepts: strings with a colon behind them. */
function namesIn(text: string): { readonly names: number; readonly areEscaped: boolean } {
  let names = 0;
  let areEscaped = false;
  let backslash = text.indexOf('\\');
  for (let start = text.indexOf('"'); start >= 0; ) {
    const end = closingQuote(text, start);
    let next = end + 1;
    while (isWhiteSpace(text.charCodeAt(next))) next += 1;
    if (backslash >= 0 && backslash < start) backslash = text.indexOf('\\', start);
    if (text.charCodeAt(next) === COLON) {
      names += 1;
      areEscaped ||= backslash > start && backslash < end;
    }
    start = text.indexOf('"', next);
  }
  return { names, areEscaped };
}

function closingQuote(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

/** An even number of backslashes are characters themselves. */
function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
  return (at - first) % 2 === 1;
}

/** RFC 8259 section 2. */
const isWhiteSpace = (code: number): boolean =>
  code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g;

/** An array or an object whose end has not come. */
type Open =
  | { readonly elements: JsonValue[] }
  | { readonly members: [name: string, value: JsonValue][]; name: string };

/** The value of a text that JSON.parse accepts. Each string is parsed alone: that cannot be misread. */
function rebuild(text: string): JsonValue | undefined {
  const tokens = text.match(TOKEN) ?? [];
  const open: Open[] = [];
  let whole: JsonValue | undefined;
  const add = (value: JsonValue): void => {
    const inside = open.at(-1);
    if (inside === undefined) whole = value;
    else if ('elements' in inside) inside.elements.push(value);
    else inside.members.push([inside.name, value]);
  };
  const close = (): void => {
    const closed = open.pop();
    if (closed !== undefined) {
      add('elements' in closed ? closed.elements : Object.fromEntries(closed.members));
    }
  };
  for (const [i, token] of tokens.entries()) {
    const inside = open.at(-1);
    if (token === '{') open.push({ members: [], name: '' });
    else if (token === '[') open.push({ elements: [] });
    else if (token === '}' || token === ']') close();
    else if (tokens[i + 1] === ':' && inside !== undefined && 'members' in inside) {
      inside.name = JSON.parse(token);
    } else if (token !== ',' && token !== ':') add(JSON.parse(token));
  }
  return whole;
}
