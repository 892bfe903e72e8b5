/** Which bindings use a source. */

import { permits } from '../../compiler/grants.ts';
import type { AuthenticationSource } from '../../resources/types.gen.ts';
import type { View } from './view.ts';

/** Ids of those that name it and that it permits, in order. One that breaks the schema uses nothing. */
export function usersOf(source: AuthenticationSource, { store }: Pick<View, 'store'>): readonly string[] {
  const { namespace, name } = source.metadata;
  const users: string[] = [];
  for (const [id, stored] of store.all('ApiBinding')) {
    if (stored.kind === 'refused') continue;
    const own = stored.metadata.namespace;
    const isNamed = stored.object.spec.sources.some(
      (reference) => reference.name === name && (reference.namespace ?? own) === namespace,
    );
    if (isNamed && permits(source, own, store.get('Namespace', own))) users.push(id);
  }
  return users.sort();
}

/** Whether each binding that uses it asks tokens for a resource of its own, so that none for another API is taken. */
export function areForResources(source: AuthenticationSource, view: Pick<View, 'store'>): boolean {
  const users = usersOf(source, view).map((id) => view.store.get('ApiBinding', id));
  return (
    users.length > 0 &&
    users.every((stored) => stored?.kind === 'typed' && stored.object.spec.resource !== undefined)
  );
}
