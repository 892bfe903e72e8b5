/**
 * A queue: first in, first out. It drops its reference to an item as soon as the item is taken. Under load the queue is
 * never empty; items that it still referred to would be moved to V8's old generation, which only a full collection frees.
 */

export interface Fifo<T> {
  readonly add: (item: T) => void;
  /** Undefined when there is none. */
  readonly take: () => T | undefined;
  readonly size: () => number;
}

export function createFifo<T>(): Fifo<T> {
  /** Items from `next` on wait to be taken; the places before it are empty. */
  let head: (T | undefined)[] = [];
  let next = 0;
  let tail: T[] = [];
  return {
    add: (item) => {
      tail.push(item);
    },
    take: () => {
      if (next === head.length) {
        if (tail.length === 0) return undefined;
        head = tail;
        tail = [];
        next = 0;
      }
      const first = head[next];
      head[next++] = undefined;
      return first;
    },
    size: () => head.length - next + tail.length,
  };
}
