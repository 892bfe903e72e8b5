/** The namespaces in which the leader publishes the certificate bundle for validators. */

import { isInjecting } from '../../injection/namespace.ts';
import type { Policies } from '../../planning/policies.ts';
import type { SeenNamespace } from './bundle.ts';

export function seenNamespaces(
  { store }: Pick<Policies, 'store'>,
  watched: readonly string[] | undefined,
  home: string,
): readonly SeenNamespace[] {
  if (watched !== undefined) {
    return [...new Set([home, ...watched])].map((name) => ({ name, enabled: true, terminating: false }));
  }
  return [...store.all('Namespace').values()].map(({ metadata, terminating }) => ({
    name: metadata.name,
    enabled: isInjecting(metadata.labels),
    terminating,
  }));
}
