/** Keeps the last outcomes for an object, so that compiling again costs only what changed. */

interface Outcome<I, V> {
  readonly inputs: I;
  readonly value: V;
}

/**
 * Calls `make` only when the inputs are not those of one of the last `kept` outcomes for the same key. Inputs are
 * compared member by member, by identity, and lists by their elements. `make` gets the last outcome, to keep what has
 * not changed.
 */
export function memoize<K extends object, I extends object, V>(
  make: (key: K, inputs: I, before: V | undefined) => V,
  kept = 1,
): (key: K, inputs: I) => V {
  const outcomes = new WeakMap<K, readonly Outcome<I, V>[]>();
  return (key, inputs) => {
    const last = outcomes.get(key) ?? [];
    const known = last.find((outcome) => sameInputs(outcome.inputs, inputs));
    if (known !== undefined) return known.value;
    const value = make(key, inputs, last[0]?.value);
    outcomes.set(key, [{ inputs, value }, ...last.slice(0, kept - 1)]);
    return value;
  };
}

function sameInputs<I extends object>(a: I, b: I): boolean {
  for (const name in b) if (!isSame(a[name], b[name])) return false;
  // One that is not there any more.
  for (const name in a) if (!(name in b)) return false;
  return true;
}

function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  for (let i = 0; i < b.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}
