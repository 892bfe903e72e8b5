/** Sources, held back until what they name has been read: nobody is to see one without the Secret that is there. */

import type { ObjectChange, StoredSource } from '../../cluster/objects.ts';
import { referencedData } from '../../compiler/source.ts';
import type { Reference } from './referenced.ts';

type SourceChange = Extract<ObjectChange, { kind: 'AuthenticationSource' }>;

export interface HeldSources {
  /** Takes a change; `release` gives it back once it may be seen. */
  take(change: SourceChange): void;
  /** Those that wait no longer, in no particular order. */
  release(areSettled: (references: Iterable<Reference>) => boolean): readonly SourceChange[];
  /** Of all sources, as last taken and as last released. */
  references(): ReadonlySet<Reference>;
  readonly waiting: number;
}

export function createHeldSources(): HeldSources {
  const released = new Map<string, ReadonlySet<Reference>>();
  const held = new Map<string, { readonly change: SourceChange; readonly names: ReadonlySet<Reference> }>();
  return {
    take(change) {
      held.set(change.id, { change, names: namesOf(change.object) });
    },
    release(areSettled) {
      const changes: SourceChange[] = [];
      for (const [id, { change, names }] of held) {
        if (!areSettled(names)) continue;
        held.delete(id);
        if (change.object === undefined) released.delete(id);
        else released.set(id, names);
        changes.push(change);
      }
      return changes;
    },
    references() {
      const all = new Set<Reference>();
      for (const names of released.values()) for (const name of names) all.add(name);
      for (const { names } of held.values()) for (const name of names) all.add(name);
      return all;
    },
    get waiting() {
      return held.size;
    },
  };
}

function namesOf(source: StoredSource | undefined): ReadonlySet<Reference> {
  if (source?.kind !== 'typed') return new Set();
  const { namespace } = source.object.metadata;
  const data = referencedData(source.object);
  return new Set(data.map(({ kind, name }) => `${kind} ${namespace}/${name}` as const));
}
