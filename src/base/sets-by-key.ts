/** Sets under keys: an index from a dependency to the things that depend on it. */

export type SetsByKey<T = string, K = string> = Map<K, Set<T>>;

export function add<T, K>(sets: SetsByKey<T, K>, key: K, value: T): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([value]));
  else set.add(value);
}

/** Removes from the set under a key, and an empty set with it. */
export function remove<T, K>(sets: SetsByKey<T, K>, key: K, value: T): void {
  const set = sets.get(key);
  set?.delete(value);
  if (set?.size === 0) sets.delete(key);
}

/** Moves a value from the sets under some keys to those under others. */
export function move<T>(
  sets: SetsByKey<T>,
  before: readonly string[],
  after: readonly string[],
  value: T,
): void {
  for (const key of before) remove(sets, key, value);
  for (const key of after) add(sets, key, value);
}
