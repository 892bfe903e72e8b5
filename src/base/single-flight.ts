/** Asks a question once where several callers want its answer at the same time. */

/** Calls `begin`, unless a call for that key is still running: then it returns the promise of that call. */
export type SingleFlight<T> = (key: string, begin: () => Promise<T>) => Promise<T>;

export function createSingleFlight<T>(): SingleFlight<T> {
  const underWay = new Map<string, Promise<T>>();
  return (key, begin) => {
    const running = underWay.get(key);
    if (running !== undefined) return running;
    const answer = begin().finally(() => underWay.delete(key));
    underWay.set(key, answer);
    return answer;
  };
}
