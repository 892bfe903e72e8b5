/** Keeps a page within a bound of bytes: what is large is left out before what is small, whoever has written it. */

interface Fitted<T> {
  /** In the order in which they came. */
  readonly kept: readonly T[];
  readonly leftOut: readonly T[];
}

/** @param most characters of their JSON, all together. */
export function withinLength<T extends object>(items: readonly T[], most: number): Fitted<T> {
  const sizes = items.map((item) => ({ item, size: JSON.stringify(item).length }));
  const kept = new Set<T>();
  let left = most;
  for (const { item, size } of sizes.toSorted((one, other) => one.size - other.size)) {
    if (size > left) break;
    left -= size;
    kept.add(item);
  }
  return {
    kept: items.filter((item) => kept.has(item)),
    leftOut: items.filter((item) => !kept.has(item)),
  };
}
