/** Remembers the last outcome for an object, so that compiling again costs only what changed. */

/**
 * `make`, called anew only when an input differs from the last call's for the same key. Inputs are compared
 * by identity, lists by their elements. `make` is given the outcome before, to keep what has not changed.
 */
export function memoize<K extends object, I extends readonly unknown[], V>(
  make: (key: K, inputs: I, before: V | undefined) => V,
): (key: K, ...inputs: I) => V {
  const outcomes = new WeakMap<K, { readonly inputs: I; readonly value: V }>();
  return (key, ...inputs) => {
    const last = outcomes.get(key);
    if (last !== undefined && sameInputs(last.inputs, inputs)) return last.value;
    const value = make(key, inputs, last?.value);
    outcomes.set(key, { inputs, value });
    return value;
  };
}

function sameInputs(a: readonly unknown[], b: readonly unknown[]): boolean {
  for (let i = 0; i < b.length; i++) if (!isSame(a[i], b[i])) return false;
  return true;
}

function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  for (let i = 0; i < b.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}
