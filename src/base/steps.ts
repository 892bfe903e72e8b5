/** Work that can be left for a while: a generator yields what each step has cost, and returns the outcome. */

/** What a step costs is counted in instructions of a regular expression, which take some 1.5 microseconds each to compile. */
export type Steps<T> = Generator<number, T, void>;

/** All steps at once. */
export function finishSteps<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

export interface Remembered<K extends object, V> {
  /** Finishes what has not been made in steps before. */
  of(key: K): V;
  /** The same step by step, others having their turns between. */
  inSteps(key: K): Steps<V>;
  has(key: K): boolean;
  /** Is the outcome from now on: nothing is made. */
  put(key: K, value: V): void;
}

/** The outcome of `make` for each object, for as long as there is that object. */
export function remember<K extends object, V>(make: (key: K) => Steps<V>): Remembered<K, V> {
  const outcomes = new WeakMap<K, { readonly value: V }>();
  function* inSteps(key: K): Steps<V> {
    const known = outcomes.get(key);
    if (known !== undefined) return known.value;
    const made = { value: yield* make(key) };
    // It may have been made at once between two steps: there is one outcome.
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
