/** One evaluation's budget: what it has spent, and the end of it, which no operator can catch. */

import { COMPILE_LIMITS } from '../regex/allowance.ts';

/**
 * What an expression may be, read and spend. A step is one operator, call or element; a byte is one UTF-16
 * unit that is scanned, compared or made. All of it together takes some ten milliseconds at the very worst.
 */
export const EVALUATION_LIMITS = {
  /** Characters of an expression's text. */
  text: 2048,
  /** Depth of its syntax tree, and of its brackets. */
  nesting: 32,
  /** Bytes, as UTF-8, of each string that is read or made. */
  string: 8192,
  /** Members of each list or map that is read or made. */
  elements: 4096,
  /** Depth of the values that are compared. */
  depth: 32,
  steps: 20_000,
  bytes: 262_144,
  /** Instructions of a regular expression. */
  regexSize: COMPILE_LIMITS.pattern,
  /** A regular expression costs one step for so many pairs of a character and an instruction. */
  regexWorkPerStep: 8,
  /** Listing a map's keys costs one step for so many. */
  keysPerStep: 4,
} as const;

/** Ends an evaluation for good. Thrown, never a value: `||` may pass over an error, but not over a bound. */
export class Exceeded {
  readonly problem: string;
  constructor(problem: string) {
    this.problem = problem;
  }
}

export class Evaluation {
  stepsSpent = 0;
  bytesSpent = 0;

  /** A negative count would be a refund: a bug, and the end of the evaluation. */
  steps(count: number): void {
    if (count < 0) throw new Error('steps were refunded');
    this.stepsSpent += count;
    if (this.stepsSpent > EVALUATION_LIMITS.steps)
      throw new Exceeded(`it needs more than ${EVALUATION_LIMITS.steps} steps`);
  }

  bytes(count: number): void {
    if (count < 0) throw new Error('bytes were refunded');
    this.bytesSpent += count;
    if (this.bytesSpent > EVALUATION_LIMITS.bytes)
      throw new Exceeded(`it handles more than ${EVALUATION_LIMITS.bytes} bytes`);
  }

  /** Returns the string if it keeps to the bound, in constant time for all but the longest. */
  boundedString(text: string): string {
    if (text.length * 3 <= EVALUATION_LIMITS.string) return text;
    this.make(text.length);
    this.boundLength(Buffer.byteLength(text));
    return text;
  }

  /** Pays for a string before it is made. */
  make(length: number): void {
    this.boundLength(length);
    this.bytes(length);
  }

  boundLength(length: number): void {
    if (length > EVALUATION_LIMITS.string)
      throw new Exceeded(`a string is longer than ${EVALUATION_LIMITS.string} bytes`);
  }

  boundElements(count: number): void {
    if (count > EVALUATION_LIMITS.elements)
      throw new Exceeded(`a list or map has more than ${EVALUATION_LIMITS.elements} members`);
  }
}
