/** Colours of a terminal, and the marks of what is well and what is not. */

import { oneLine } from '../../base/text.ts';

export type Mark = 'well' | 'doubtful' | 'bad' | 'unknown';

export interface Paint {
  mark(mark: Mark): string;
  /** Text from the cluster is made harmless by whoever passes it here. */
  bold(text: string): string;
  faint(text: string): string;
}

// Escapes, for the bundles have no character beyond ASCII in them: check, exclamation, ballot, question.
const MARKS: Readonly<Record<Mark, { readonly sign: string; readonly colour: number }>> = {
  well: { sign: '\u2713', colour: 32 },
  doubtful: { sign: '!', colour: 33 },
  bad: { sign: '\u2717', colour: 31 },
  unknown: { sign: '?', colour: 35 },
};

const plain = (text: string): string => text;

/** Colours are for a terminal that has them, and for nobody who has said NO_COLOR (https://no-color.org). */
export function createPaint(
  isTerminal: boolean,
  { NO_COLOR = '', TERM }: Readonly<Record<string, string | undefined>>,
): Paint {
  const isColoured = isTerminal && NO_COLOR === '' && TERM !== 'dumb';
  const inStyle = (style: number) => (text: string) => `\u001b[${style}m${text}\u001b[0m`;
  return {
    mark(mark) {
      const { sign, colour } = MARKS[mark];
      return isColoured ? inStyle(colour)(sign) : sign;
    },
    bold: isColoured ? inStyle(1) : plain,
    faint: isColoured ? inStyle(2) : plain,
  };
}

/** Where what others have written becomes part of a line. */
export const harmless = (text: string): string => oneLine(text).trim();
