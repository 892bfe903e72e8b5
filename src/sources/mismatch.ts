/** What a refused credential says of itself, and what is taken here: for the log. A client must not learn the latter. */

/** Holds no part of the credential but the names that it claims, bounded and without control characters. */
export interface Mismatch {
  readonly says: string;
  readonly expected: string;
  /** What to do. */
  readonly remedy: string;
}
