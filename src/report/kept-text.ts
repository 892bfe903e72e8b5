/** Text that is kept for hours: one line, bounded, and nothing of the longer text that it was cut out of. */

import { Buffer } from 'node:buffer';
import { asSent } from '../base/sent-text.ts';
import { oneLine } from '../base/text.ts';

/** Neither a token nor a character that could make a terminal show another text; '' for none. */
export const cleaned = (text: string | undefined, longest: number): string =>
  text === undefined ? '' : oneLine(asSent(text, longest));

const isAscii = (text: string): boolean => Buffer.byteLength(text, 'utf8') === text.length;

/** The same text by itself: a part of another text keeps the whole of it in memory. */
export function byItself(text: string): string {
  const encoding = isAscii(text) ? 'latin1' : 'utf16le';
  return Buffer.from(text, encoding).toString(encoding);
}

/** Of the object that holds a text. */
const TEXT_OBJECT = 24;

/** Bytes that a text takes: one for each character, or two where they are not all ASCII. */
export const textBytes = (text: string): number =>
  text === '' ? 0 : TEXT_OBJECT + text.length * (isAscii(text) ? 1 : 2);
