/** Time as this room uses it, passed in so that tests decide: two clocks and one kind of timer. */

export interface Time {
  /** Milliseconds since 1970; a clock that people set on and back. */
  now(): number;
  /** Milliseconds since some moment; only ever goes on. Stands still while the machine is suspended. */
  monotonic(): number;
  /** Calls once after that many milliseconds; the answer cancels. */
  set(call: () => void, milliseconds: number): () => void;
}

/** The longest time that a timer takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const systemTime: Time = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  set(call, milliseconds) {
    const timer = setTimeout(call, Math.min(milliseconds, MAX_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

/** Over after that time, or as soon as the signal aborts. Never rejects. */
export function sleep(time: Pick<Time, 'set'>, milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => {
    cancel();
    signal?.removeEventListener('abort', end);
    resolve();
  };
  const cancel = time.set(end, milliseconds);
  signal?.addEventListener('abort', end);
  return promise;
}
