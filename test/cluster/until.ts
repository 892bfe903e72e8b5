/** Waits for something to come about. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between two looks. */
const pollInterval = 100;

/**
 * Asks `probe` until it gives something else than undefined; what it throws ends the waiting.
 * Throws after `seconds`, with the words of `explain`.
 */
export async function until<T>(
  what: string,
  seconds: number,
  probe: () => Promise<T | undefined>,
  explain: () => Promise<string> = async () => '',
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (performance.now() > deadline)
      throw new Error(`${what}: not there after ${seconds} s. ${await explain()}`);
    await sleep(pollInterval);
  }
}
