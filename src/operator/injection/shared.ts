/** Combines equal questions that come at the same time, such as those about the pods of one rollout. */

import type { Clock } from '../../base/clock.ts';

/** Milliseconds after which an answer that does not come is no longer waited for before the next question is asked. */
const STAGGER = 300;

/**
 * Each caller gets an answer that was begun after its question, so that it holds all that was there by then. While one
 * is under way, all that ask meanwhile share the next. That one is begun as soon as the first is there, or late: on a
 * busy machine no caller waits for two slow answers, one after the other.
 */
export function shareFresh<T>(
  ask: (key: string) => Promise<T>,
  clock: Pick<Clock, 'monotonic' | 'after'>,
): (key: string) => Promise<T> {
  const current = new Map<string, { readonly answer: Promise<T>; readonly begun: number }>();
  const next = new Map<string, Promise<T>>();

  const begin = (key: string): Promise<T> => {
    const answer = ask(key).finally(() => {
      if (current.get(key)?.answer === answer) current.delete(key);
    });
    current.set(key, { answer, begun: clock.monotonic() });
    return answer;
  };

  return (key) => {
    const waiting = next.get(key);
    if (waiting !== undefined) return waiting;
    const running = current.get(key);
    if (running === undefined) return begin(key);
    const { promise: asked, resolve } = Promise.withResolvers<T>();
    let isWaiting = true;
    const go = (): void => {
      if (!isWaiting) return;
      isWaiting = false;
      cancel();
      next.delete(key);
      resolve(begin(key));
    };
    const cancel = clock.after(Math.max(0, running.begun + STAGGER - clock.monotonic()), go);
    running.answer.then(go, go);
    next.set(key, asked);
    return asked;
  };
}
