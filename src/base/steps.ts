/** Work in steps, which can be interrupted: a generator yields the cost of each step, and returns the outcome. */

/** The cost of a step is counted in instructions of a regular expression, each of which takes some 1.5 µs to compile. */
export type Steps<T> = Generator<number, T, void>;

/** Runs all steps at once, and returns the outcome. */
export function finishSteps<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

export interface Remembered<K extends object, V> {
  /** Returns the outcome at once: runs the steps that are left. */
  of(key: K): V;
  /** The same in steps. */
  inSteps(key: K): Steps<V>;
  has(key: K): boolean;
  /** Sets the outcome without making it. */
  put(key: K, value: V): void;
}

/** Remembers the outcome of `make` for each object, as long as the object lives. */
export function remember<K extends object, V>(make: (key: K) => Steps<V>): Remembered<K, V> {
  const outcomes = new WeakMap<K, { readonly value: V }>();
  function* inSteps(key: K): Steps<V> {
    const known = outcomes.get(key);
    if (known !== undefined) return known.value;
    const made = { value: yield* make(key) };
    // `of` may have made it between two steps: the first outcome counts.
    const first = outcomes.get(key) ?? made;
    outcomes.set(key, first);
    return first.value;
  }
  return {
    inSteps,
    of: (key) => finishSteps(inSteps(key)),
    has: (key) => outcomes.has(key),
    put: (key, value) => void outcomes.set(key, { value }),
  };
}
