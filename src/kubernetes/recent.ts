/** A map that forgets what was touched longest ago, so that it never grows beyond its bound. */

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
      for (const oldest of entries.keys()) {
        if (entries.size <= bound) break;
        entries.delete(oldest);
      }
      return value;
    },
    forget: (key) => void entries.delete(key),
  };
}
