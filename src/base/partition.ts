/** Divides a list in two. */

/** What holds, and what does not, each in the order of the list. */
export function partition<T>(
  list: readonly T[],
  holds: (item: T) => boolean,
): readonly [holding: readonly T[], others: readonly T[]] {
  const holding: T[] = [];
  const others: T[] = [];
  for (const item of list) (holds(item) ? holding : others).push(item);
  return [holding, others];
}
