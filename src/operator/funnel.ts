/** Several changes as one: whoever has some puts them in, and a moment later all are taken out together. */

import type { Clock } from '../base/clock.ts';

export interface Funnel<T> {
  put(items: readonly T[]): void;
  /** At once what would be taken out in a moment. */
  flush(): void;
  stop(): void;
}

/** `take` is never called with nothing, nor within itself. */
export function createFunnel<T>(
  clock: Pick<Clock, 'after'>,
  milliseconds: number,
  take: (items: readonly T[]) => void,
): Funnel<T> {
  let items: T[] = [];
  let cancel: (() => void) | undefined;
  let taking = false;

  const flush = (): void => {
    if (taking) return;
    cancel?.();
    cancel = undefined;
    taking = true;
    try {
      while (items.length > 0) {
        const taken = items;
        items = [];
        take(taken);
      }
    } finally {
      taking = false;
    }
  };

  return {
    put(more) {
      // Not spread: a call takes some 100,000 arguments, and a large cluster has more objects.
      for (const item of more) items.push(item);
      cancel ??= clock.after(milliseconds, flush);
    },
    flush,
    stop() {
      cancel?.();
      items = [];
      cancel = () => {};
    },
  };
}
