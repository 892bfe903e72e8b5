/** Time, as the validator is given it. */

export interface Clock {
  /** Unix seconds, with a fraction. */
  now(): number;
  /** Milliseconds since some moment, on a clock that is never set back. */
  elapsed(): number;
  /** Milliseconds for which the calling thread has computed, pauses of the system's left out. */
  threadTime(): number;
  /** Calls back once, after so many milliseconds, unless the returned function called it off before. */
  after(milliseconds: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now() / 1000,
  elapsed: () => performance.now(),
  threadTime: () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  },
  after: (milliseconds, callback) => {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};
