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
