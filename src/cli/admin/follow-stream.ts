/** Follows the stream of a validator's decisions to its end. */

import type { Clock } from '../../base/clock.ts';
import { eventReader, type RawEvent } from '../../report/event-stream.ts';

/** Milliseconds without a byte: a validator says something every 15 s. */
const SILENCE = 40_000;

/** Resolves with why it has ended. */
export async function followStream(
  body: AsyncIterable<Uint8Array>,
  heard: (event: RawEvent) => void,
  clock: Pick<Clock, 'after'>,
): Promise<string> {
  const chunks = body[Symbol.asyncIterator]();
  const decoder = new TextDecoder();
  const read = eventReader();
  try {
    for (;;) {
      const { promise: silent, resolve } = Promise.withResolvers<'silent'>();
      const cancel = clock.after(SILENCE, () => resolve('silent'));
      const next = await Promise.race([chunks.next(), silent]).finally(cancel);
      if (next === 'silent') return `it has said nothing for ${SILENCE / 1000} s`;
      if (next.done === true) return 'it has ended';
      for (const event of read(decoder.decode(next.value, { stream: true }))) heard(event);
    }
  } catch (error) {
    return error instanceof Error ? error.message : 'it has ended';
  } finally {
    void chunks.return?.()?.catch(() => {});
  }
}
