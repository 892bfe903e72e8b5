/** What is said of sources and their bindings in the light of each other, and of objects that could not be read. */

import type { ResourceSet } from '../resources/set.ts';
import type { Unread } from '../resources/unread.ts';
import { bindingFacts, type SourceReference } from './binding-facts.ts';
import type { Issue } from './issues.ts';

/**
 * Whether it is true of the source that no audience is checked: not where its tokens must name the resource of each
 * binding that uses it, and not where a binding that may use it could not be read.
 */
export function audienceDoubts(
  { bindings }: ResourceSet,
  unread: Unread | undefined,
): (id: string) => boolean {
  const named = new Set<string>();
  const open = new Set<string>();
  for (const { object } of bindings) {
    const list = object.spec.resource === undefined ? open : named;
    for (const { id } of bindingFacts(object).sources) list.add(id);
  }
  return (id) => open.has(id) || (!named.has(id) && unread?.mayHoldBinding !== true);
}

/** A source that is there and breaks the schema is not looked for in vain. */
export function withUnreadSources(
  issues: readonly Issue[],
  sources: readonly SourceReference[],
  unread: Unread | undefined,
): readonly Issue[] {
  if (unread === undefined || unread.sources.size === 0) return issues;
  return issues.map((issue) => {
    const id = sources.find(({ field }) => field === issue.field)?.id;
    const place = id === undefined ? undefined : unread.sources.get(id);
    if (issue.reason !== 'SourceNotPermitted' || place === undefined) return issue;
    return {
      ...issue,
      message: `AuthenticationSource ${id} has errors of its own (${place})`,
      remedy: 'mend those first',
    };
  });
}
