/** A map that forgets what was touched longest ago, so that it never grows beyond its bound. */

import { keepNewest } from '../base/newest.ts';

export interface Recent<V> {
  /** What is there, or what `make` makes. */
  touch(key: string, make: () => V): V;
  forget(key: string): void;
}

export function createRecent<V>(bound: number): Recent<V> {
  const entries = new Map<string, V>();
  return {
    touch(key, make) {
      const value = entries.get(key) ?? make();
      // Set anew it is the last in order.
      entries.delete(key);
      entries.set(key, value);
      keepNewest(entries, bound);
      return value;
    },
    forget: (key) => void entries.delete(key),
  };
}
