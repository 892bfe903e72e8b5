/** Callers that wait for a list which begins after their call: a consistent read. */

export interface ListWaiters {
  /** True after a list that begins from now on has succeeded; false after `end`. */
  wait(): Promise<boolean>;
  readonly areWaiting: boolean;
  /** To be called when a list begins. Returns the function to call when that list has succeeded. */
  begin(): () => void;
  end(): void;
}

export function createListWaiters(): ListWaiters {
  const waiting = new Set<(done: boolean) => void>();
  let ended = false;
  return {
    wait() {
      if (ended) return Promise.resolve(false);
      const { promise, resolve } = Promise.withResolvers<boolean>();
      waiting.add(resolve);
      return promise;
    },
    get areWaiting() {
      return waiting.size > 0;
    },
    begin() {
      const before = [...waiting];
      return () => {
        for (const resolve of before) {
          waiting.delete(resolve);
          resolve(true);
        }
      };
    },
    end() {
      ended = true;
      for (const resolve of waiting) resolve(false);
      waiting.clear();
    },
  };
}
