/** For tests: what an outcome holds. */

import type { Outcome } from '../errors.ts';

/** Throws where it failed. */
export function good<T>(outcome: Outcome<T>): T {
  if (outcome.kind === 'failed') throw new Error(`${outcome.error.kind}: ${outcome.error.message}`);
  return outcome.value;
}

/** Of its error, or `ok`. */
export const kindOf = (outcome: Outcome<unknown>): string =>
  outcome.kind === 'failed' ? outcome.error.kind : 'ok';
