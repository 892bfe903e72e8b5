/** One answer for however many ask: it is made once at a time, and kept for a while. */

import type { Clock } from '../../base/clock.ts';

export interface AnswerLife {
  /** Milliseconds that an answer is kept at least. */
  readonly least: number;
  /** And so many times as long as it took, up to `most`: what takes long is asked for more rarely. */
  readonly times: number;
  readonly most: number;
}

/** @param make must not ask for the answer itself. One that it rejects with is not kept. */
export function sharedAnswer<T>(
  make: () => Promise<T>,
  { least, times, most }: AnswerLife,
  clock: Pick<Clock, 'monotonic'>,
): () => Promise<T> {
  let kept: { readonly answer: T; readonly until: number } | undefined;
  let underWay: Promise<T> | undefined;
  const begin = async (): Promise<T> => {
    const began = clock.monotonic();
    const answer = await make();
    const now = clock.monotonic();
    kept = { answer, until: now + Math.min(most, Math.max(least, times * (now - began))) };
    return answer;
  };
  return () => {
    if (kept !== undefined && clock.monotonic() < kept.until) return Promise.resolve(kept.answer);
    underWay ??= begin().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}
