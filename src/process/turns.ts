/** Long work in turns: between them, whoever else waits has one. */

/** What one turn takes, in instructions of a regular expression that are compiled: some 3 ms, 10 ms with a large last step. */
export const MOST_AT_ONCE = 2000;

/** Work that yields what each of its steps has cost. */
type Steps<T> = Iterator<number, T, void>;

/** Goes on until as much is done as one turn takes. The answer is the outcome, once there is one. */
export function turnOf<T>(steps: Steps<T>): { readonly value: T } | undefined {
  let done = 0;
  while (done < MOST_AT_ONCE) {
    const step = steps.next();
    if (step.done === true) return step;
    done += step.value;
  }
  return undefined;
}

/** All of it; `pause` is over when others have had their turn. */
export async function inTurns<T>(steps: Steps<T>, pause: () => Promise<void>): Promise<T> {
  for (;;) {
    const end = turnOf(steps);
    if (end !== undefined) return end.value;
    await pause();
  }
}
