/** What the changes of one batch have been found to touch so far. */

import type { AppliedChange } from '../targets/changes.ts';

export interface Batch {
  readonly applied: AppliedChange[];
  /** Their status is to be looked at. */
  readonly bindings: Set<string>;
  /** To be compiled anew. */
  readonly sources: Set<string>;
  /** Of which nothing but the fetched keys has changed. */
  readonly rekeyed: Set<string>;
  /** Their status alone is to be looked at. */
  readonly usedSources: Set<string>;
}

export const newBatch = (): Batch => ({
  applied: [],
  bindings: new Set(),
  sources: new Set(),
  rekeyed: new Set(),
  usedSources: new Set(),
});
