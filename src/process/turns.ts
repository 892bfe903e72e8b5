/** Long work in turns: between them, whoever else waits has one. */

/** Instructions of regular expressions, and characters of expressions: some 10 ms. The last part may be a large one. */
export const COMPILED_AT_ONCE = 4000;

/** `work` says how much it has done. A turn ends with the item by which it has done `most`. */
export async function inTurns<T>(
  items: Iterable<T>,
  most: number,
  work: (item: T) => number,
  pause: () => Promise<void>,
): Promise<void> {
  let done = 0;
  for (const item of items) {
    if (done >= most) {
      await pause();
      done = 0;
    }
    done += work(item);
  }
}
