/** The objects that a cache holds, by key and by named indexes; others see it read-only. */

/** For each index, the values under which an object is found there. */
export type Indexers<T, I extends string> = Readonly<Record<I, (object: T) => readonly string[]>>;

export interface Store<T, I extends string = never> {
  readonly size: number;
  /** By `namespace/name`, or the name alone of what has no namespace. */
  get(key: string): T | undefined;
  keys(): IterableIterator<string>;
  values(): IterableIterator<T>;
  /** Those that the index has under this value, in no particular order. */
  by(index: I, value: string): readonly T[];
}

export interface WritableStore<T, I extends string> extends Store<T, I> {
  put(key: string, object: T): void;
  remove(key: string): void;
}

export function createStore<T, I extends string>(indexers: Indexers<T, I>): WritableStore<T, I> {
  const objects = new Map<string, T>();
  const functions = new Map<string, (object: T) => readonly string[]>(Object.entries(indexers));
  /** Index → value → keys. */
  const indexes = new Map<string, Map<string, Set<string>>>();
  for (const index of functions.keys()) indexes.set(index, new Map());

  const unindex = (key: string, object: T): void => {
    for (const [index, valuesOf] of functions) {
      const entries = indexes.get(index);
      for (const value of valuesOf(object)) {
        const keys = entries?.get(value);
        keys?.delete(key);
        if (keys?.size === 0) entries?.delete(value);
      }
    }
  };
  const enter = (key: string, object: T): void => {
    for (const [index, valuesOf] of functions) {
      const entries = indexes.get(index);
      for (const value of valuesOf(object)) {
        const keys = entries?.get(value);
        if (keys === undefined) entries?.set(value, new Set([key]));
        else keys.add(key);
      }
    }
  };

  return {
    get size() {
      return objects.size;
    },
    get: (key) => objects.get(key),
    keys: () => objects.keys(),
    values: () => objects.values(),
    by(index, value) {
      const found: T[] = [];
      for (const key of indexes.get(index)?.get(value) ?? []) {
        const object = objects.get(key);
        if (object !== undefined) found.push(object);
      }
      return found;
    },
    put(key, object) {
      const before = objects.get(key);
      if (before !== undefined) unindex(key, before);
      objects.set(key, object);
      enter(key, object);
    },
    remove(key) {
      const before = objects.get(key);
      if (before === undefined) return;
      unindex(key, before);
      objects.delete(key);
    },
  };
}
