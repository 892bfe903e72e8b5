/** Text that is kept for hours: one line, bounded, and nothing of the longer text that it was cut out of. */

import { Buffer } from 'node:buffer';
import { asSent } from '../base/sent-text.ts';
import { oneLine } from '../base/text.ts';

/** Neither a token nor a character that could make a terminal show another text; '' for none. */
export const cleaned = (text: string | undefined, longest: number): string =>
  text === undefined ? '' : oneLine(asSent(text, longest));

/** The same text by itself: a part of another text keeps the whole of it in memory. */
export const byItself = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');

/** Of the object that holds a text. */
const TEXT_OBJECT = 24;
const ONE_BYTE = /^[\0-\xff]*$/;

/** Bytes that a text takes: one for each character, or two where one of them is beyond Latin-1. */
export const textBytes = (text: string): number =>
  text === '' ? 0 : TEXT_OBJECT + text.length * (ONE_BYTE.test(text) ? 1 : 2);
