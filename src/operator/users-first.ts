/**
 * The order in which statuses tell of an edited source: first the bindings that use it, then the source itself. A
 * binding's own generation does not move with a source. So whoever waits for the source to show its new generation
 * finds no binding there that is Ready by the old one.
 */

import type { StoredSource } from '../cluster/objects.ts';

export interface UsersFirstParts {
  /** Milliseconds that only grow. */
  readonly monotonic: () => number;
  /** Bindings that name the source. */
  readonly usersOf: (source: string) => Iterable<string>;
  /** The status of the binding may not say yet what is true by now. */
  readonly isBehind: (binding: string) => boolean;
}

export interface UsersFirst {
  /** Whether the status of this source has to wait for those of its bindings. */
  mustWait(id: string, source: StoredSource): boolean;
  forget(id: string): void;
}

/** Milliseconds after which the source waits no longer: a binding's status may be one that cannot be written. */
const LONGEST = 30_000;

export function createUsersFirst({ monotonic, usersOf, isBehind }: UsersFirstParts): UsersFirst {
  const waitingSince = new Map<string, number>();

  const mustWait = (id: string, { metadata, status }: StoredSource): boolean => {
    const told = status?.observedGeneration;
    // As long as a source is new, no binding can be Ready by what it was before.
    if (told === undefined || told >= metadata.generation) return false;
    const since = waitingSince.get(id) ?? monotonic();
    if (monotonic() - since >= LONGEST) return false;
    waitingSince.set(id, since);
    for (const binding of usersOf(id)) if (isBehind(binding)) return true;
    return false;
  };

  return {
    mustWait(id, source) {
      const isWaiting = mustWait(id, source);
      if (!isWaiting) waitingSince.delete(id);
      return isWaiting;
    },
    forget: (id) => void waitingSince.delete(id),
  };
}
