/** What is known of the keys of sources, as `GET /keys` of a validator's admin address tells it. */

import { amount, atLeast, type Infer, list, oneOf, orNull, text } from '../policy/shape.ts';

const fetchedKeys = atLeast({
  /** namespace/name. Sources whose keys are not fetched are not told of. */
  source: text,
  /** Seconds since the last good fetch; without one, since the source came. */
  age: amount,
  /** Keys of the set that cannot be used. */
  leftOut: amount,
  /** Why the last fetch failed; null if it did not, or where the operator fetches. */
  problem: orNull(text),
});

const keyFacts = atLeast({ format: oneOf(1), sources: list(fetchedKeys) });

export type KeysOfSource = Infer<typeof fetchedKeys>;
export type KeyFacts = Infer<typeof keyFacts>;

/** Throws a Misshapen. */
export const readKeyFacts = (value: unknown): KeyFacts => keyFacts(value, '');
