/** Which bindings name which sources, whether those exist or not. */

import { add, remove } from '../base/sets-by-key.ts';
import type { StoredBinding } from '../cluster/objects.ts';
import { bindingFacts } from '../compiler/binding-facts.ts';

export interface References {
  /** Keeps what the binding names now. Returns every source that it names, or named before. */
  set(binding: string, stored: StoredBinding | undefined): readonly string[];
  sourcesOf(binding: string): readonly string[];
  /** Bindings that name the source. */
  to(source: string): ReadonlySet<string>;
  bindingsIn(namespace: string): ReadonlySet<string>;
}

interface Row {
  readonly namespace: string;
  readonly sources: readonly string[];
}

const NONE: ReadonlySet<string> = new Set();

export function createReferences(): References {
  const rows = new Map<string, Row>();
  const bySource = new Map<string, Set<string>>();
  const byNamespace = new Map<string, Set<string>>();
  return {
    set(binding, stored) {
      const before = rows.get(binding);
      for (const source of before?.sources ?? []) remove(bySource, source, binding);
      if (before !== undefined) remove(byNamespace, before.namespace, binding);
      rows.delete(binding);
      if (stored === undefined) return before?.sources ?? [];
      const named = stored.kind === 'typed' ? bindingFacts(stored.object).sources.map(({ id }) => id) : [];
      const row = { namespace: stored.metadata.namespace, sources: [...new Set(named)] };
      rows.set(binding, row);
      add(byNamespace, row.namespace, binding);
      for (const source of row.sources) add(bySource, source, binding);
      return [...(before?.sources ?? []), ...row.sources];
    },
    sourcesOf: (binding) => rows.get(binding)?.sources ?? [],
    to: (source) => bySource.get(source) ?? NONE,
    bindingsIn: (namespace) => byNamespace.get(namespace) ?? NONE,
  };
}
