/** Whose status changes of other objects concern, which the targets do not see. */

import type { Change, Policies } from '../planning/policies.ts';

/** Those that may be ready since, or no longer; not those that only have another user: all of a cluster may share one. */
export function sourcesIn(changes: readonly Change[], { sources }: Policies): ReadonlySet<string> {
  const ids = changes.flatMap((change) => {
    if (change.kind === 'AuthenticationSource') return change.id;
    return change.kind === 'Keys' ? (sources.withUid(change.uid) ?? []) : [];
  });
  return new Set(ids);
}

/** Of namespaces with other NetworkPolicies than before: those may close what a capture leaves open. */
export function bypassedIn(changes: readonly Change[], { store }: Policies): readonly string[] {
  const namespaces = new Set(
    changes.flatMap((change) => (change.kind === 'NetworkPolicy' ? [change.id.split('/', 1)[0]] : [])),
  );
  if (namespaces.size === 0) return [];
  return [...store.all('ApiBinding').keys()].filter((id) => namespaces.has(id.split('/', 1)[0]));
}
