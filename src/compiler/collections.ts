/** Small helpers over lists and maps of resources. */

import type { ObjectMeta } from '../resources/object.ts';
import type { Located } from '../resources/set.ts';

/** By namespace/name; of two objects of one name, the first counts. */
export function byId<T extends { readonly metadata: ObjectMeta }>(
  list: readonly Located<T>[],
): ReadonlyMap<string, Located<T>> {
  const found = new Map<string, Located<T>>();
  for (const located of list) {
    const { namespace, name } = located.object.metadata;
    const id = `${namespace}/${name}`;
    if (!found.has(id)) found.set(id, located);
  }
  return found;
}

/** By ascending key. */
export function sortedBy<T>(
  map: ReadonlyMap<string, T>,
  key: (id: string, value: T) => string,
): readonly (readonly [string, T])[] {
  return [...map]
    .map(([id, value]) => ({ id, value, key: key(id, value) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ id, value }) => [id, value] as const);
}
