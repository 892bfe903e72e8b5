/** Runs long work in turns; between two turns other work of this thread runs. */

/** The cost of one turn, in instructions of a regular expression: some 3 ms, or 10 ms with a large last step. */
export const MOST_AT_ONCE = 2000;

/** Work that yields what each of its steps has cost. */
type Steps<T> = Iterator<number, T, void>;

/** Runs one turn. Returns the outcome once all steps are done. */
export function turnOf<T>(steps: Steps<T>): { readonly value: T } | undefined {
  let done = 0;
  while (done < MOST_AT_ONCE) {
    const step = steps.next();
    if (step.done === true) return step;
    done += step.value;
  }
  return undefined;
}

/** Runs all steps. `pause` resolves when other work has had its turn. */
export async function inTurns<T>(steps: Steps<T>, pause: () => Promise<void>): Promise<T> {
  for (;;) {
    const end = turnOf(steps);
    if (end !== undefined) return end.value;
    await pause();
  }
}
