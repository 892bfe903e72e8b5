/** From lists and watch events to a store and the changes in it: none twice, none missed. */

import { isDeepStrictEqual } from 'node:util';
import { type Cached, type KubernetesObject, keyOf } from './object.ts';
import type { WatchEvent } from './watch.ts';

/** When `onChange` is called, the store has the change already. */
export type CacheChange<T> =
  | { readonly kind: 'added'; readonly object: T }
  | { readonly kind: 'updated'; readonly object: T; readonly before: T }
  /** As it was last seen. */
  | { readonly kind: 'deleted'; readonly object: T };

export interface CacheOptions<T extends Cached> {
  /** Keeps of an object what is used, and nothing of one that is not. Must take whatever the API server has. */
  readonly trim: (object: KubernetesObject) => T | undefined;
  readonly onChange: (change: CacheChange<T>) => void;
}

export interface Cache<T extends Cached> {
  /** By `namespace/name`, or the name alone of an object without a namespace. */
  readonly store: ReadonlyMap<string, T>;
  /**
   * An object of a list, trimmed; the very one that is there already where it has not changed. That is known by the
   * resourceVersion or, with `byContent`, by what is kept of it: after a restore of etcd, one resourceVersion can
   * stand for two contents.
   */
  keep(object: KubernetesObject, byContent?: boolean): T | undefined;
  /** These are all that there are. With `byContent`, each that `keep` has not found there is another one. */
  replaceAll(objects: readonly T[], byContent?: boolean): void;
  apply(event: Extract<WatchEvent, { readonly object: KubernetesObject }>): void;
}

export function createCache<T extends Cached>({ trim, onChange }: CacheOptions<T>): Cache<T> {
  const store = new Map<string, T>();

  const remove = (key: string): void => {
    const object = store.get(key);
    if (object === undefined) return;
    store.delete(key);
    onChange({ kind: 'deleted', object });
  };

  const put = (key: string, object: T, byContent = false): void => {
    const before = store.get(key);
    if (before === undefined) {
      store.set(key, object);
      onChange({ kind: 'added', object });
    } else if (before.metadata.uid !== object.metadata.uid) {
      // The object was deleted and made again under its name between two lists.
      remove(key);
      put(key, object, byContent);
    } else if (before !== object && (byContent || !isSameVersion(before, object))) {
      store.set(key, object);
      onChange({ kind: 'updated', object, before });
    }
  };

  return {
    store,
    keep(object, byContent = false) {
      const known = store.get(keyOf(object.metadata));
      if (byContent && known !== undefined) {
        const trimmed = trim(object);
        return isDeepStrictEqual(trimmed, known) ? known : trimmed;
      }
      const same = known?.metadata.uid === object.metadata.uid && isSameVersion(known, object);
      return same ? known : trim(object);
    },
    replaceAll(objects, byContent = false) {
      const present = new Set(objects.map(({ metadata }) => keyOf(metadata)));
      for (const key of [...store.keys()]) if (!present.has(key)) remove(key);
      for (const object of objects) put(keyOf(object.metadata), object, byContent);
    },
    apply({ kind, object }) {
      const key = keyOf(object.metadata);
      const kept = kind === 'deleted' ? undefined : trim(object);
      if (kept === undefined) remove(key);
      else put(key, kept);
    },
  };
}

const isSameVersion = (a: Pick<Cached, 'metadata'>, b: Pick<Cached, 'metadata'>): boolean =>
  a.metadata.resourceVersion === b.metadata.resourceVersion;
