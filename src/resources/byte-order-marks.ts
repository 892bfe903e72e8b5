/**
 * Byte order marks inside of a file, as they come about where files are put together. Before a document kubectl passes
 * over one; elsewhere it loses members, or fails.
 */

const MARK = '\ufeff';

/** Where a document begins: behind the line that divides it from the one before, and behind comments and blank lines. */
const BEFORE_DOCUMENT = /^---(?:[ \t]+#.*|[ \t]*)$(?:\r?\n(?:[ \t]*(?:#.*)?$))*\r?\n\ufeff/gm;
/** At the start of a line; the first of the file does not count. */
const STRAY = /(?<=(?:^|\n)\ufeff?)\ufeff/g;

/**
 * The text as it is to be parsed: a mark before a document becomes a blank at the end of the line before it, so that
 * everything else stays where it is.
 */
export const withoutMarks = (text: string): string =>
  text.includes(`\n${MARK}`)
    ? text.replace(BEFORE_DOCUMENT, (lines) => lines.replace(/(\r?\n)\ufeff$/, ' $1'))
    : text;

/** The offset of the first mark that no document begins with, from `begin` on and before `end`. */
export function strayMark(text: string, begin: number, end: number): number | undefined {
  STRAY.lastIndex = Math.max(begin, 1);
  const found = STRAY.exec(text);
  return found !== null && found.index < end ? found.index : undefined;
}
