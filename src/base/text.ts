/** Makes untrusted text safe for a log, a message or a terminal. */

import { widthAt } from './code-points.ts';

/** Controls, line breaks and marks that change the direction of writing could make a terminal show another text. */
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/gu;

/** Each run of unsafe characters becomes one space, half of a surrogate pair U+FFFD. */
export function oneLine(text: string): string {
  return text.toWellFormed().replaceAll(UNSAFE, ' ');
}

/** At most `longest` UTF-16 code units of the text, never half of a pair, and an ellipsis where it goes on. */
export function shorten(text: string, longest: number): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, widthAt(text, longest - 1) === 2 ? longest - 1 : longest)}…`;
}

/**
 * A value as JSON for people and programs: what could make a terminal show another text is written by its code, which
 * JSON.stringify does for the oldest controls alone.
 */
export function shownJson(value: unknown): string {
  const hidden = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value, null, 2).replaceAll(UNSAFE, (run) =>
    Array.from(run, (char) => (char === '\n' ? char : hidden(char))).join(''),
  );
}
