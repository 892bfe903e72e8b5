/** Does the same for many things at a time, but not for all of them at once. */

/** The results are in the order of the items. Rejects with the first rejection. */
export async function mapAtOnce<T, R>(
  items: readonly T[],
  most: number,
  make: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const index = next;
      next += 1;
      results[index] = await make(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, work));
  return results;
}
