/** The clock, which is passed in so that tests control time. */

export interface Clock {
  /** Milliseconds since 1970; people set this clock on and back. */
  now(): number;
  /** The same in seconds with a fraction, as the NumericDate of a token (RFC 7519 section 2). */
  seconds(): number;
  /** Milliseconds since some moment. It never goes back, and stops while the machine is suspended. */
  monotonic(): number;
  /** Calls once after that many milliseconds; the function that it returns cancels the call. */
  after(milliseconds: number, call: () => void): () => void;
}

/** The longest time that a timer takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  seconds: () => Date.now() / 1000,
  monotonic: () => performance.now(),
  after(milliseconds, call) {
    const timer = setTimeout(call, Math.min(milliseconds, MAX_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

/** Resolves after that time, or as soon as the signal aborts. Never rejects. */
export function sleep(
  clock: Pick<Clock, 'after'>,
  milliseconds: number,
  signal?: AbortSignal,
): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => {
    cancel();
    signal?.removeEventListener('abort', end);
    resolve();
  };
  const cancel = clock.after(milliseconds, end);
  signal?.addEventListener('abort', end);
  return promise;
}
