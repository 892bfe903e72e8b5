/** The type of a mismatch, which every kind of source may log: what a refused credential claims, and what is expected. */

/** Holds no part of the credential but the names that it claims, bounded and without control characters. */
export interface Mismatch {
  readonly says: string;
  readonly expected: string;
  /** What to do. */
  readonly remedy: string;
}
