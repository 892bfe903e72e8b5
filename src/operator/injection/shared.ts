/** Questions that come together are asked once: the pods of a rollout, all of one namespace. */

/**
 * Whoever asks gets an answer that was begun after the question, so that it holds all that was there by then. While one
 * is under way, all that ask meanwhile share the next.
 */
export function shareFresh<T>(ask: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const current = new Map<string, Promise<T>>();
  const next = new Map<string, Promise<T>>();

  const begin = (key: string): Promise<T> => {
    const asked = ask(key).finally(() => {
      if (current.get(key) === asked) current.delete(key);
    });
    current.set(key, asked);
    return asked;
  };

  return (key) => {
    const waiting = next.get(key);
    if (waiting !== undefined) return waiting;
    const running = current.get(key);
    if (running === undefined) return begin(key);
    const then = (): Promise<T> => {
      next.delete(key);
      return begin(key);
    };
    const asked = running.then(then, then);
    next.set(key, asked);
    return asked;
  };
}
